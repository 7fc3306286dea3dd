import type { useRouter } from "next/navigation";

/** After this time no server shows the old product (docs/CACHE.md#guarantees); ms, with an allowance for the request. */
const MAX_STALE_MS = 1_200;

/**
 * Reads a product's page again after a change of the product: now, and once more when no server shows the old one.
 * @returns cancels the second read
 */
export function refreshProductPage(router: ReturnType<typeof useRouter>): () => void {
  router.refresh();
  const timer = setTimeout(() => router.refresh(), MAX_STALE_MS);
  return () => clearTimeout(timer);
}
