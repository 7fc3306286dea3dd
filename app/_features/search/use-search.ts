"use client";

import { useEffect, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { SearchResults } from "@/lib/schemas/search";
import { fetchResults } from "./search-api";

/** Delay after the last key. */
const DEBOUNCE_MS = 180;

export interface Found {
  /** What was searched. */
  q: string;
  results: SearchResults | null;
  failure: ApiFailure | null;
}

/**
 * Searches a moment after the last key, and gives up a search that another one follows. The results of the last answer
 * stay until the next; null until the first, and for an empty text.
 */
export function useSearch(query: string): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (query === "") return setFound(null);
    const controller = new AbortController();
    const timer = setTimeout(
      () =>
        void fetchResults(query, controller.signal).then((result) => {
          if (controller.signal.aborted) return;
          setFound((before) =>
            result.ok
              ? { q: query, results: result.data, failure: null }
              : { q: query, results: before?.results ?? null, failure: result.failure },
          );
        }),
      DEBOUNCE_MS,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [query]);
  return found;
}
