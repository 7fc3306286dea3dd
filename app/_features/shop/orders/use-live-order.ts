"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { OrderView } from "@/lib/schemas/order";
import { isUnfinished, type OrderPoller, pollOrder } from "../order-poller";

/**
 * Keeps a rendered order up to date: fetches it when its channel reports a change and polls it while it is unfinished,
 * seldom while the stream is live and often otherwise. After a failed fetch the order on screen stays and `failure` is
 * set.
 */
export function useLiveOrder(initialOrder: OrderView) {
  const [state, setState] = useState({ rendered: initialOrder, order: initialOrder });
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isLive, setIsLive] = useState(false);
  // A newer render of the page, after a refresh or a change of language, replaces the state.
  if (state.rendered !== initialOrder) setState({ rendered: initialOrder, order: initialOrder });

  const { order } = state;
  const setOrder = (next: OrderView) => setState({ rendered: initialOrder, order: next });
  const onOrder = useEffectEvent(setOrder);
  const startPolling = useEffectEvent(() => pollOrder(order, { onOrder, onFailure: setFailure }));
  const poller = useRef<OrderPoller | null>(null);
  const unfinishedRate = isLive ? "seldom" : "often";
  const pollRate = isUnfinished(order) ? unfinishedRate : "never";
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order needs a new poller
  useEffect(() => {
    const current = startPolling();
    poller.current = current;
    return () => current.stop();
  }, [order.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the poller of another order needs the rate too
  useEffect(() => poller.current?.setRate(pollRate), [pollRate, order.id]);
  const refresh = () => poller.current?.refresh();
  useChannel(`order:${order.id}`, { on: { changed: refresh }, onReload: refresh, onLive: setIsLive });

  return { order, setOrder, failure };
}
