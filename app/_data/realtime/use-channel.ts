"use client";

import { useEffect, useEffectEvent } from "react";
import type { Channel, ChannelKind, EventData, EventName } from "@/lib/schemas/channels";
import { subscribeToChannel } from "./channel-subscriptions";

/** A component's handlers for one channel. */
export interface ChannelHandlers<K extends ChannelKind> {
  /** By event name. */
  on: { [E in EventName<K>]?: (data: EventData<K, E>) => void };
  /**
   * Events may have been missed: read the data again from its source. Also called once when the channel is joined,
   * because the page was rendered before that.
   */
  onReload?: () => void;
  /** False: no events arrive for now (Redis or the server is down), so poll; true: they arrive again. */
  onLive?: (live: boolean) => void;
}

/**
 * Subscribes to a channel while the component is mounted, through the event stream that the browser's tabs share.
 *
 * @param channel  null: no subscription
 */
export function useChannel<K extends ChannelKind>(
  channel: Channel<K> | null,
  handlers: ChannelHandlers<K>,
): void {
  const onEvent = useEffectEvent((event: string, data: unknown) => {
    // The server has validated the data with the schema of that event.
    (handlers.on as Record<string, ((data: unknown) => void) | undefined>)[event]?.(data);
  });
  const onReload = useEffectEvent(() => handlers.onReload?.());
  const onLive = useEffectEvent((live: boolean) => handlers.onLive?.(live));
  useEffect(() => {
    if (channel === null) return;
    return subscribeToChannel(channel, { onEvent, onReload, onLive });
  }, [channel]);
}
