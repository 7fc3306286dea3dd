"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import type { ApiFailure } from "@/app/_ui/api-result";
import { followOrder, isUnfinished, type OrderFollower } from "../order-poller";
import type { OrderItem } from "../orders-api";

/**
 * An order as it is now: what the server rendered, then what the API says whenever the order's channel says that it has
 * changed, and while something is unfinished again and again: often when nothing comes, else seldom.
 * `trouble` is why it could not be read the last time; what is on screen stays.
 */
export function useLiveOrder(rendered: OrderItem) {
  const [state, setState] = useState({ rendered, order: rendered });
  const [trouble, setTrouble] = useState<ApiFailure | null>(null);
  const [live, setLive] = useState(false);
  // a newer render of the page (after a refresh, in another language) knows better
  if (state.rendered !== rendered) setState({ rendered, order: rendered });

  const { order } = state;
  const setOrder = (next: OrderItem) => setState({ rendered, order: next });
  const onOrder = useEffectEvent(setOrder);
  const follow = useEffectEvent(() => followOrder(order, { onOrder, onTrouble: setTrouble }));
  const follower = useRef<OrderFollower | null>(null);
  const watched = live ? "seldom" : "often";
  const pace = isUnfinished(order) ? watched : "never";
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order is followed anew
  useEffect(() => {
    const following = follow();
    follower.current = following;
    return () => following.end();
  }, [order.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the follower of another order has to be told as well
  useEffect(() => follower.current?.setPace(pace), [pace, order.id]);
  const look = () => follower.current?.look();
  useChannel(`order:${order.id}`, { on: { changed: look }, reload: look, live: setLive });

  return { order, setOrder, trouble };
}
