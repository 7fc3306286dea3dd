import { callApi } from "@/app/_data/call-api";
import type { SearchResults } from "@/lib/schemas/search";

export function fetchResults(q: string, signal: AbortSignal) {
  return callApi<SearchResults>(`/api/search?${new URLSearchParams({ q, limit: "4" }).toString()}`, {
    signal,
  });
}
