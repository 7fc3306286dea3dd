"use client";

import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Channel, ChannelKind } from "@/lib/schemas/channels";
import { type ChannelHandlers, useChannel } from "./channel-subscriptions";
import { type LiveQuery, type LiveQueryOptions, startLiveQuery } from "./live-query";

interface Options<K extends ChannelKind>
  extends Pick<LiveQueryOptions, "whileHidden">,
    Pick<ChannelHandlers<K>, "sinceDocument"> {
  /** Handlers of the channel's events, which need no fetch. */
  on?: ChannelHandlers<K>["on"];
  /** Called in addition to `fetch` when events may have been missed. */
  onReload?: () => void;
}

/**
 * Keeps data fresh while the component is mounted: `fetch` runs when events of the channel may have been missed, and
 * at a pace that depends on whether events arrive ({@link startLiveQuery} has the policy).
 *
 * @param channel  must not be null while the data is shown; null: nothing runs
 * @param fetch  reads the data and applies it; resolves to the failure, if any
 * @param pace  maximum time between two fetches of a visible page, in ms; null: no polling
 * @returns whether events arrive at the moment, and a function that requests a fetch
 */
export function useLiveQuery<K extends ChannelKind>(
  channel: Channel<K> | null,
  fetch: LiveQueryOptions["fetch"],
  pace: (isLive: boolean) => number | null,
  { on = {}, onReload, whileHidden = "wait", sinceDocument = false }: Options<K> = {},
): { isLive: boolean; refetch: () => void } {
  const [isLive, setIsLive] = useState(false);
  const query = useRef<LiveQuery | null>(null);
  const runFetch = useEffectEvent(fetch);
  const currentPaceMs = useEffectEvent(() => pace(isLive));
  useEffect(() => {
    if (channel === null) return;
    const started = startLiveQuery({
      fetch: () => runFetch(),
      paceMs: () => currentPaceMs(),
      whileHidden,
    });
    query.current = started;
    return () => {
      query.current = null;
      started.stop();
    };
  }, [channel, whileHidden]);
  const refetch = useCallback(() => query.current?.refetch(), []);
  useChannel(channel, {
    on,
    onReload: () => {
      refetch();
      onReload?.();
    },
    onLive: setIsLive,
    sinceDocument,
  });
  return { isLive, refetch };
}
