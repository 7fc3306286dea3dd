"use client";

import { useEffect } from "react";
import { track } from "@/app/_data/track";

/** What was counted last: React's double effects in development are one opening. */
let last = { key: "", at: 0 };
const SAME_MS = 1_000;

/** Counts that something was opened, for the daily totals. Renders nothing. */
export function TrackOpened({ name, id }: { name: `${string}.opened`; id: string }) {
  useEffect(() => {
    const key = `${name}:${id}`;
    if (last.key === key && Date.now() - last.at < SAME_MS) return;
    last = { key, at: Date.now() };
    track(name, { id });
  }, [name, id]);
  return null;
}
