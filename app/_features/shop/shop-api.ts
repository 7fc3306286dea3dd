import { callApi } from "@/app/_data/call-api";
import { createPageCache } from "@/app/_data/page-cache";
import type { ProductKind } from "@/lib/schemas/enums";
import type { NewOrder, PlacedOrder } from "@/lib/schemas/order";
import type { NewProduct, Product, ProductPage } from "@/lib/schemas/product";

/** Pages of the shop loaded by the browser, after the page rendered by the server. */
export const loadedProducts = createPageCache<Product>();

/** @param filter  the kind, or whose products they are; empty: the whole shop */
export function fetchProducts(
  cursor: string,
  filter: { kind?: ProductKind; sellerId?: string },
  signal: AbortSignal,
) {
  const query = new URLSearchParams({ cursor, ...filter });
  return callApi<ProductPage>(`/api/products?${query.toString()}`, { signal });
}

export function createProduct(body: NewProduct) {
  return callApi<{ product: Product }>("/api/products", { method: "POST", body, repeatable: true });
}

export function archiveProduct(id: string) {
  return callApi(`/api/products/${id}`, { method: "DELETE" });
}

export function placeOrder(body: NewOrder) {
  return callApi<PlacedOrder>("/api/orders", { method: "POST", body });
}
