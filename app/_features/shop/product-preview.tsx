"use client";

import { useTranslations } from "next-intl";
import { tintOf } from "@/app/_features/posts/tint-style";
import { useMoney } from "@/app/_ui/use-money-formatter";
import type { ProductKind } from "@/lib/shop/client";
import { minorOf } from "./parse-amount-minor";
import { Goods } from "./product-art";
import type { TypedProduct } from "./product-draft";

interface Props {
  seed: string;
  typed: TypedProduct;
  sellerName: string;
}

/** How it will lie on the table. Drawn from the title, as the id that draws the real one does not exist yet. */
export function ProductPreview({ seed, typed, sellerName }: Props) {
  const t = useTranslations("newProduct");
  const shop = useTranslations("shop");
  const money = useMoney();
  const art = `${seed}:${typed.title.trim().toLowerCase()}`;
  const amountMinor = minorOf(typed.priceMinor);
  const kind = typed.kind as ProductKind;
  return (
    <section
      aria-label={t("preview")}
      style={tintOf(art)}
      className="tinted self-start max-lg:hidden lg:sticky lg:top-8"
    >
      <div
        aria-hidden="true"
        className="goods-stage aspect-square rounded-3xl transition-colors duration-500"
      >
        <Goods kind={kind} id={art} />
      </div>
      <div className="flex min-h-36 flex-col px-1 pt-4">
        <p className="text-sm font-medium text-tint-text">{shop(`kinds.${kind}`)}</p>
        <p className="display mt-1 line-clamp-3 text-2xl">{typed.title.trim() || t("previewTitle")}</p>
        <p className="mt-1 text-sm text-muted">{sellerName}</p>
        <p className="tabular mt-2 font-display font-semibold text-money">
          {money({ amountMinor: Number.isNaN(amountMinor) ? 0 : amountMinor, currency: typed.currency })}
        </p>
      </div>
    </section>
  );
}
