import { useTranslations } from "next-intl";
import { WriteButton } from "@/app/_features/contacts/write-button";
import { ReportButton } from "@/app/_features/reports/report-button";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { LinkedText } from "@/app/_ui/linked-text";
import { LongText } from "@/app/_ui/long-text";
import { PersonLink } from "@/app/_ui/person-link";
import { ShareButton } from "@/app/_ui/share-button";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { MAX_AMOUNT_MINOR, MAX_QUANTITY } from "@/lib/schemas/limits";
import type { Product } from "@/lib/schemas/product";
import { BuyForm } from "./buy-form";
import { ProductTrack } from "./product-track";
import { SellerActions } from "./seller-actions";
import { StockNote } from "./stock-note";

/** More than any description of prose has. */
const MAX_DESCRIPTION_LINES = 110;

interface Props {
  product: Product;
  viewerId: string | null;
  /** Whether the viewer may write to the seller. */
  canWrite: boolean;
  /** The viewer's bonuses, in hundredths; zero when there is no viewer, or they are unknown. */
  bonusBalance: number;
}

/** Shorter titles get larger type. */
function titleClass(title: string): string {
  if (title.length <= 22) return "text-[clamp(2rem,5.4vw,3.5rem)]";
  return title.length <= 60 ? "text-[clamp(1.6rem,4vw,2.5rem)]" : "text-[clamp(1.3rem,3vw,1.9rem)]";
}

/**
 * How many units one order may have: one of a track, since a download is all that there is to get. Computed on the
 * server, because the browser needs the shop schemas for nothing else.
 */
function maxQuantityOf({ kind, priceMinor, stock }: Product): number {
  if (kind === "track") return 1;
  return Math.max(
    1,
    Math.min(MAX_QUANTITY, stock ?? MAX_QUANTITY, Math.floor(MAX_AMOUNT_MINOR / priceMinor)),
  );
}

/** Title, price, purchase options and description. */
export function ProductDetails({ product, viewerId, canWrite, bonusBalance }: Props) {
  const t = useTranslations("shop");
  const money = useMoneyFormatter();
  return (
    <div className="flex min-w-0 flex-col">
      <p className="text-sm font-semibold text-tint-text">{t(`kinds.${product.kind}`)}</p>
      <h1 dir="auto" className={`display mt-2 ${titleClass(product.title)}`}>
        {product.title}
      </h1>
      <p className="mt-4 text-muted">
        {product.sellerName === null
          ? t("sellerGone")
          : t.rich("by", {
              name: product.sellerName,
              who: (chunks) => (
                <PersonLink
                  name={chunks}
                  handle={product.sellerHandle}
                  className="font-semibold text-ink [overflow-wrap:anywhere]"
                />
              ),
            })}
      </p>
      <ProductTrack product={product} isOwn={viewerId !== null && viewerId === product.sellerId} />
      <div className="mt-6 border-y border-line py-6">
        <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
          <span className="display tabular text-[clamp(2rem,5vw,3rem)] text-money">
            {money({ amountMinor: product.priceMinor, currency: product.currency })}
          </span>
          <StockNote stock={product.stock} />
        </p>
        <div className="mt-5">
          <PurchaseOptions product={product} viewerId={viewerId} bonusBalance={bonusBalance} />
        </div>
      </div>
      {product.description ? (
        <div className="mt-6 max-w-[64ch] text-[1.0625rem] leading-relaxed">
          <LongText text={product.description} maxLines={MAX_DESCRIPTION_LINES}>
            <LinkedText text={product.description} />
          </LongText>
        </div>
      ) : null}
      <p className="mt-6 max-w-[64ch] text-sm text-muted">{t(`gets.${product.kind}`)}</p>
      <div className="mt-6 flex flex-wrap items-center gap-2 empty:hidden">
        {canWrite && product.sellerId !== null ? (
          <WriteButton personId={product.sellerId} as="seller" />
        ) : null}
        <ShareButton path={`/shop/${product.id}`} title={product.title} />
        {viewerId !== null && viewerId !== product.sellerId ? (
          <ReportButton target="product" targetId={product.id} />
        ) : null}
      </div>
    </div>
  );
}

/** Actions for the viewer: manage, buy or sign in. */
function PurchaseOptions({ product, viewerId, bonusBalance }: Omit<Props, "canWrite">) {
  const t = useTranslations("shop");
  if (viewerId === product.sellerId) {
    return <SellerActions productId={product.id} kind={product.kind} archived={product.archived} />;
  }
  if (product.archived) return <p className="text-muted">{t("archived")}</p>;
  if (product.stock === 0) return <p className="text-muted">{t("soldOutText")}</p>;
  if (viewerId !== null)
    return <BuyForm product={product} maxQuantity={maxQuantityOf(product)} bonusBalance={bonusBalance} />;
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
      <Button asChild size="large">
        <Link href={`/sign-in?next=${encodeURIComponent(`/shop/${product.id}`)}`}>{t("signInToBuy")}</Link>
      </Button>
      <p className="text-sm text-muted">{t("payNote")}</p>
    </div>
  );
}
