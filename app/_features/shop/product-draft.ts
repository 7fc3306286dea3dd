import { createDraftStore } from "@/app/_data/draft-store";
import type { NewProduct } from "@/lib/schemas/product";
import { parseAmountMinor } from "./parse-amount-minor";

/** The raw field values of a new product, named as in the schema. */
export const EMPTY_PRODUCT_DRAFT = {
  kind: "ticket",
  title: "",
  /** Files are kept by their id: the bytes are in the store. */
  audioFileId: "",
  coverFileId: "",
  description: "",
  priceMinor: "",
  currency: "RUB",
  stock: "",
  assetUrl: "",
};

export type ProductDraft = typeof EMPTY_PRODUCT_DRAFT;

export const productDrafts = createDraftStore("product", EMPTY_PRODUCT_DRAFT);

/** Converts the draft to the schema input, without what is left over from another kind. */
export function toNewProduct(draft: ProductDraft): NewProduct {
  const stock = draft.stock.replace(/\s/g, "");
  const assetUrl = draft.assetUrl.trim();
  return {
    kind: draft.kind as NewProduct["kind"],
    title: draft.title,
    description: draft.description,
    priceMinor: parseAmountMinor(draft.priceMinor),
    currency: draft.currency,
    stock: stock === "" ? null : Number(stock),
    assetUrl: draft.kind === "licence" && assetUrl !== "" ? assetUrl : null,
    audioFileId: draft.kind === "track" && draft.audioFileId !== "" ? draft.audioFileId : null,
    coverFileId: draft.coverFileId === "" ? null : draft.coverFileId,
  };
}
