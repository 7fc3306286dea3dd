import type { useRouter } from "next/navigation";

/** After this time no server shows the old state (docs/CACHE.md#guarantees); ms, with an allowance for the request. */
const MAX_STALE_MS = 1_200;

/**
 * Reads the page again after a change of what it shows: now, and once more when no server shows the old state.
 * @returns cancels the second read
 */
export function refreshChangedPage(router: ReturnType<typeof useRouter>): () => void {
  router.refresh();
  const timer = setTimeout(() => router.refresh(), MAX_STALE_MS);
  return () => clearTimeout(timer);
}
