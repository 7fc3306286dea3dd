"use client";

import { useEffect } from "react";
import { track } from "@/app/_data/track";

/** The last tracked event, so that React's double effects in development count once. */
let lastTracked = { key: "", at: 0 };
const DEDUPLICATION_MS = 1_000;

/** Tracks an "opened" event for the daily totals. Renders nothing. */
export function TrackOpened({ name, id }: { name: `${string}.opened`; id: string }) {
  useEffect(() => {
    const key = `${name}:${id}`;
    if (lastTracked.key === key && Date.now() - lastTracked.at < DEDUPLICATION_MS) return;
    lastTracked = { key, at: Date.now() };
    track(name, { id });
  }, [name, id]);
  return null;
}
