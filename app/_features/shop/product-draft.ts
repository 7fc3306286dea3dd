import { draftStore } from "@/app/_data/draft-store";
import type { NewProduct } from "@/lib/shop/client";
import { minorOf } from "./parse-amount-minor";

/** What a creator types, before it is a product. The names are those of the schema. */
export const EMPTY_PRODUCT = {
  kind: "ticket",
  title: "",
  description: "",
  priceMinor: "",
  currency: "RUB",
  stock: "",
  assetUrl: "",
};

export type TypedProduct = typeof EMPTY_PRODUCT;

export const productDrafts = draftStore("product", EMPTY_PRODUCT);

/** What the schema judges. A download left over from another kind is not sent with a ticket. */
export function toNewProduct(typed: TypedProduct): NewProduct {
  const stock = typed.stock.replace(/\s/g, "");
  const assetUrl = typed.assetUrl.trim();
  return {
    kind: typed.kind as NewProduct["kind"],
    title: typed.title,
    description: typed.description,
    priceMinor: minorOf(typed.priceMinor),
    currency: typed.currency,
    stock: stock === "" ? null : Number(stock),
    assetUrl: typed.kind === "ticket" || assetUrl === "" ? null : assetUrl,
  };
}
