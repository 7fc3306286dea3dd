"use client";

import { useRef, useState } from "react";
import { useLiveQuery } from "@/app/_data/realtime/use-live-query";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { OrderView } from "@/lib/schemas/order";
import { isUndelivered } from "@/lib/schemas/order-status";
import { isUnfinishedState } from "@/lib/schemas/task-state";
import { fetchOrder } from "../orders-api";

/** Polling interval while no events arrive, at first and after every change. */
const MIN_INTERVAL_MS = 1_000;
/** Factor by which each fetch without a change delays the next one, */
const BACKOFF_FACTOR = 1.25;
/** up to this limit: a user has 100 requests a minute for everything. */
const MAX_INTERVAL_MS = 15_000;
/** Polling interval while events arrive; finds changes that a crash kept from being published. */
const LIVE_INTERVAL_MS = 60_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** Whether the order may still change. A failed order with a checkout URL can still be paid. */
export function isUnfinished({ status, checkoutUrl, tasks }: OrderView): boolean {
  return isUndelivered(status) || checkoutUrl !== null || tasks.some(({ state }) => isUnfinishedState(state));
}

/**
 * Keeps a rendered order up to date: fetches it when its channel reports a change and polls it while it is unfinished,
 * seldom while events arrive and often otherwise. After a failed fetch the order on screen stays and `failure` is set.
 */
export function useLiveOrder(initialOrder: OrderView) {
  const [state, setState] = useState({ rendered: initialOrder, order: initialOrder });
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const intervalMs = useRef(MIN_INTERVAL_MS);
  // A newer render of the page, after a refresh or a change of language, replaces the state.
  if (state.rendered !== initialOrder) setState({ rendered: initialOrder, order: initialOrder });

  const { order } = state;
  const setOrder = (next: OrderView) => setState({ rendered: initialOrder, order: next });
  const fetch = async () => {
    const result = await fetchOrder(order.id, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    setFailure(result.ok ? null : result.failure);
    if (!result.ok) return result.failure;
    const fetched = result.data.order;
    const isChanged = JSON.stringify(fetched) !== JSON.stringify(order);
    intervalMs.current = isChanged
      ? MIN_INTERVAL_MS
      : Math.min(intervalMs.current * BACKOFF_FACTOR, MAX_INTERVAL_MS);
    // The page may show another order by now.
    if (isChanged)
      setState((shown) => (shown.order.id === fetched.id ? { ...shown, order: fetched } : shown));
    return null;
  };
  const { refetch } = useLiveQuery(
    `order:${order.id}`,
    fetch,
    (isLive) => {
      if (!isUnfinished(order)) return null;
      return isLive ? LIVE_INTERVAL_MS : intervalMs.current;
    },
    { on: { changed: () => refetch() } },
  );
  return { order, setOrder, failure };
}
