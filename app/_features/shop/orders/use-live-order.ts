"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import type { ApiFailure } from "@/app/_ui/api-result";
import { isUnfinished, type OrderPoller, pollOrder } from "../order-poller";
import type { OrderItem } from "../orders-api";

/**
 * An order as it is now: what the server rendered, then what the API says whenever the order's channel says that it has
 * changed, and while something is unfinished again and again: often when nothing comes, else seldom.
 * `trouble` is why it could not be read the last time; what is on screen stays.
 */
export function useLiveOrder(initialOrder: OrderItem) {
  const [state, setState] = useState({ rendered: initialOrder, order: initialOrder });
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isLive, setIsLive] = useState(false);
  // a newer render of the page (after a refresh, in another language) knows better
  if (state.rendered !== initialOrder) setState({ rendered: initialOrder, order: initialOrder });

  const { order } = state;
  const setOrder = (next: OrderItem) => setState({ rendered: initialOrder, order: next });
  const onOrder = useEffectEvent(setOrder);
  const startPolling = useEffectEvent(() => pollOrder(order, { onOrder, onFailure: setFailure }));
  const poller = useRef<OrderPoller | null>(null);
  const unfinishedRate = isLive ? "seldom" : "often";
  const pollRate = isUnfinished(order) ? unfinishedRate : "never";
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order is followed anew
  useEffect(() => {
    const current = startPolling();
    poller.current = current;
    return () => current.stop();
  }, [order.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the follower of another order has to be told as well
  useEffect(() => poller.current?.setRate(pollRate), [pollRate, order.id]);
  const refresh = () => poller.current?.refresh();
  useChannel(`order:${order.id}`, { on: { changed: refresh }, onReload: refresh, onLive: setIsLive });

  return { order, setOrder, failure: failure };
}
