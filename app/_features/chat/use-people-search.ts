"use client";

import { useEffect, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { findPeople, type Person } from "./store/chat-api";

const DEBOUNCE_MS = 250;

interface PeopleResults {
  q: string;
  items: readonly Person[];
  failure: ApiFailure | null;
}

/** Searches users by a part of their name, a moment after the last key. Null until the first response. */
export function usePeopleSearch(q: string): PeopleResults | null {
  const [results, setResults] = useState<PeopleResults | null>(null);
  const query = q.trim();
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(
      () =>
        void findPeople(query, controller.signal).then((result) => {
          if (controller.signal.aborted) return;
          setResults((before) =>
            result.ok
              ? { q: query, items: result.data.items, failure: null }
              : { q: query, items: before?.items ?? [], failure: result.failure },
          );
        }),
      DEBOUNCE_MS,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [query]);
  return results;
}
