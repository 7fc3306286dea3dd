"use client";

import { useEffect, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { findPeople, type Person } from "./store/chat-api";

const PAUSE_MS = 250;

interface FoundPeople {
  q: string;
  items: readonly Person[];
  failure: ApiFailure | null;
}

/** People by a part of their name, a moment after the last key. Null until the first answer. */
export function usePeople(q: string): FoundPeople | null {
  const [found, setFound] = useState<FoundPeople | null>(null);
  const sought = q.trim();
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(
      () =>
        void findPeople(sought, controller.signal).then((result) => {
          if (controller.signal.aborted) return;
          setFound((before) =>
            result.ok
              ? { q: sought, items: result.data.items, failure: null }
              : { q: sought, items: before?.items ?? [], failure: result.failure },
          );
        }),
      PAUSE_MS,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [sought]);
  return found;
}
