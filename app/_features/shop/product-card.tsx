import { useTranslations } from "next-intl";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { PersonLink } from "@/app/_ui/person-link";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { Product } from "@/lib/schemas/product";
import { ProductArtFrame } from "./product-art-frame";
import { StockNote } from "./stock-note";

interface Props {
  product: Product;
  /** The newest product gets a larger card. */
  large: boolean;
  /** On the first screen. */
  eager: boolean;
}

export function ProductCard({ product, large, eager }: Props) {
  const t = useTranslations("shop");
  const money = useMoneyFormatter();
  const soldOut = product.stock === 0;
  return (
    <article
      style={tintStyle(product.id)}
      className="tinted group/card relative flex h-full flex-col [--card-radius:1.5rem]"
    >
      <ProductArtFrame
        id={product.id}
        kind={product.kind}
        cover={product.cover}
        eager={eager}
        unavailable={soldOut}
        stamp={soldOut ? t("soldOut") : undefined}
        className={cn(
          "w-full grow rounded-3xl",
          large ? "aspect-[3/2] @3xl:aspect-auto" : "aspect-square grow-0",
        )}
      />
      <div className="flex flex-col px-1 pt-3">
        <p className="text-xs font-medium text-tint-text">{t(`kinds.${product.kind}`)}</p>
        <h3
          className={cn(
            "display mt-1 line-clamp-2 font-semibold",
            large ? "text-[clamp(1.25rem,4cqi,2rem)]" : "text-[clamp(0.9rem,2.2cqi,1.15rem)]",
          )}
        >
          <Link href={`/shop/${product.id}`} className="stretched">
            <bdi>{product.title}</bdi>
          </Link>
        </h3>
        <p dir="auto" className="mt-1 truncate text-left text-sm text-muted">
          {product.sellerName === null ? null : (
            <PersonLink name={product.sellerName} handle={product.sellerHandle} />
          )}
        </p>
        <p className="mt-2 flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
          <span className="tabular font-display font-semibold text-money">
            {money({ amountMinor: product.priceMinor, currency: product.currency })}
          </span>
          {soldOut ? <span className="sr-only">{t("soldOut")}</span> : <StockNote stock={product.stock} />}
        </p>
      </div>
    </article>
  );
}
