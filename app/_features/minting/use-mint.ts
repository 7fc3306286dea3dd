"use client";

import { useState } from "react";
import { useChannel } from "@/app/_data/realtime/channel-subscriptions";
import { useLiveQuery } from "@/app/_data/realtime/use-live-query";
import type { MintView } from "@/lib/schemas/mint";
import { fetchMint } from "./minting-api";

/** Between two reads of a mint that is under way; a network makes a block in 1 to 12 s. */
const INTERVAL_MS = 3_000;
/** While events of every change reach its owner's page. */
const LIVE_INTERVAL_MS = 15_000;
const REQUEST_TIMEOUT_MS = 10_000;

export function isMintOver({ state }: MintView): boolean {
  return state === "confirmed" || state === "failed";
}

/**
 * A post's mint as it changes, until it is over.
 * @param isOwn  changes reach its owner on the task's channel; other viewers poll
 */
export function useMint(postId: string | null, rendered: MintView | null, isOwn: boolean) {
  const [mint, setMint] = useState(rendered);
  const isUnderWay = postId !== null && mint !== null && !isMintOver(mint);
  const fetch = async () => {
    if (postId === null) return null;
    const result = await fetchMint(postId, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    if (result.ok) setMint(result.data.mint);
    return result.ok ? null : result.failure;
  };
  const { refetch } = useLiveQuery(isUnderWay ? "views" : null, fetch, (isLive) =>
    isLive && isOwn ? LIVE_INTERVAL_MS : INTERVAL_MS,
  );
  useChannel(isUnderWay && isOwn ? `task:${mint.id}` : null, { on: { changed: refetch }, onReload: refetch });
  return { mint, setMint };
}
