"use client";

import { useEffect, useEffectEvent } from "react";
import type { Channel, ChannelKind, EventData, EventName } from "@/lib/realtime";
import { subscribeToChannel } from "./channel-subscriptions";

/** What a component does with what is said on a channel. */
export interface ChannelHandlers<K extends ChannelKind> {
  /** By the event's name. */
  on: { [E in EventName<K>]?: (data: EventData<K, E>) => void };
  /**
   * Something may have been missed: read it anew from where it is kept. Called once when the channel is joined as
   * well, since the page was rendered before that.
   */
  onReload?: () => void;
  /** False: nothing comes for now (Redis or the server is away), so ask now and then; true: it comes again. */
  onLive?: (live: boolean) => void;
}

/**
 * Follows a channel for as long as the component stands. How it comes (one event stream for all tabs of the browser)
 * is no matter of the component's.
 *
 * @param channel  null: none for now
 */
export function useChannel<K extends ChannelKind>(
  channel: Channel<K> | null,
  handlers: ChannelHandlers<K>,
): void {
  const onEvent = useEffectEvent((event: string, data: unknown) => {
    // The server has put it through the schema of that event.
    (handlers.on as Record<string, ((data: unknown) => void) | undefined>)[event]?.(data);
  });
  const onReload = useEffectEvent(() => handlers.onReload?.());
  const onLive = useEffectEvent((live: boolean) => handlers.onLive?.(live));
  useEffect(() => {
    if (channel === null) return;
    return subscribeToChannel(channel, { onEvent, onReload, onLive });
  }, [channel]);
}
