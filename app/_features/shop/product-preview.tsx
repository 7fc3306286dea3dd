"use client";

import { useTranslations } from "next-intl";
import { DrawnCover } from "@/app/_art/drawn-cover";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { ProductKind } from "@/lib/schemas/enums";
import type { Cover } from "@/lib/schemas/track";
import { parseAmountMinor } from "./parse-amount-minor";
import { ProductArt } from "./product-art";
import type { ProductDraft } from "./product-draft";

interface Props {
  artId: string;
  /** The chosen cover; null: the drawn one. */
  cover: Cover | null;
  draft: ProductDraft;
  sellerName: string;
}

/** Preview of the product. Drawn from the title, because the id that the real art is drawn from does not exist yet. */
export function ProductPreview({ artId, cover, draft, sellerName }: Props) {
  const t = useTranslations("newProduct");
  const shop = useTranslations("shop");
  const money = useMoneyFormatter();
  const amountMinor = parseAmountMinor(draft.priceMinor);
  const kind = draft.kind as ProductKind;
  return (
    <section
      aria-label={t("preview")}
      style={tintStyle(artId)}
      className="tinted self-start max-lg:hidden lg:sticky lg:top-8"
    >
      <div
        aria-hidden="true"
        className="goods-stage aspect-square rounded-3xl transition-colors duration-500"
      >
        <ProductArt
          key={cover?.sources[0]?.url}
          kind={kind}
          id={artId}
          cover={cover}
          Generated={DrawnCover}
        />
      </div>
      <div className="flex min-h-36 flex-col px-1 pt-4">
        <p className="text-sm font-medium text-tint-text">{shop(`kinds.${kind}`)}</p>
        <p dir="auto" className="display mt-1 line-clamp-3 text-2xl">
          {draft.title.trim() || t("previewTitle")}
        </p>
        <p dir="auto" className="mt-1 truncate text-left text-sm text-muted">
          {sellerName}
        </p>
        <p className="tabular mt-2 font-display font-semibold text-money">
          {money({ amountMinor: Number.isNaN(amountMinor) ? 0 : amountMinor, currency: draft.currency })}
        </p>
      </div>
    </section>
  );
}
