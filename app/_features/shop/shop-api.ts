import { callApi, type ResponseBody } from "@/app/_data/call-api";
import { createPageCache } from "@/app/_data/page-cache";
import type { ProductKind } from "@/lib/schemas/enums";
import type { NewOrder, NewProduct } from "@/lib/shop/client";

/** A product in the shape that pages show. */
export type ProductItem = ResponseBody<"productPage">["items"][number];

/** Pages of the shop loaded by the browser, after the page rendered by the server. */
export const loadedProducts = createPageCache<ProductItem>();

export function fetchProducts(cursor: string, kind: ProductKind | null, signal: AbortSignal) {
  const query = new URLSearchParams(kind ? { cursor, kind } : { cursor });
  return callApi(`/api/products?${query.toString()}`, "productPage", { signal });
}

export function createProduct(body: NewProduct) {
  return callApi("/api/products", "createdProduct", { method: "POST", body });
}

export function archiveProduct(id: string) {
  return callApi(`/api/products/${id}`, "done", { method: "DELETE" });
}

export function placeOrder(body: NewOrder) {
  return callApi("/api/orders", "placedOrder", { method: "POST", body });
}
