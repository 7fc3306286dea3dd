"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { ApiFailure } from "@/app/_client/api";
import { followOrder, isUnfinished } from "@/app/_client/order-follower";
import type { OrderItem } from "@/app/_client/orders";

/**
 * An order as it is now: what the server rendered, then what the API says while something is unfinished.
 * `trouble` is why it could not be read the last time; what is on screen stays.
 */
export function useLiveOrder(rendered: OrderItem) {
  const [state, setState] = useState({ rendered, order: rendered });
  const [trouble, setTrouble] = useState<ApiFailure | null>(null);
  // a newer render of the page (after a refresh, in another language) knows better
  if (state.rendered !== rendered) setState({ rendered, order: rendered });

  const { order } = state;
  const setOrder = (next: OrderItem) => setState({ rendered, order: next });
  const onOrder = useEffectEvent(setOrder);
  const follow = useEffectEvent(() => followOrder(order, { onOrder, onTrouble: setTrouble }));
  const unfinished = isUnfinished(order);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order is followed anew
  useEffect(() => (unfinished ? follow() : undefined), [unfinished, order.id]);

  return { order, setOrder, trouble };
}
