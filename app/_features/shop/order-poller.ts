import type { ApiFailure } from "@/app/_ui/api-result";
import type { OrderView } from "@/lib/schemas/order";
import { isUndelivered } from "@/lib/schemas/order-status";
import { isUnfinishedState } from "@/lib/schemas/task-state";
import { fetchOrder } from "./orders-api";

/** Delay before the first poll and after every change. */
const MIN_INTERVAL_MS = 1_000;
/** Factor by which each poll without a change delays the next one, */
const BACKOFF_FACTOR = 1.25;
/** up to this limit: a user has 100 requests a minute for everything. */
const MAX_INTERVAL_MS = 15_000;
/** Poll interval while the stream is live; finds changes that a crash kept from being published. */
const SELDOM_INTERVAL_MS = 60_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** Error codes after which polling stops. */
const FINAL_FAILURES = new Set(["unauthenticated", "forbidden", "not_found"]);

/** Whether the order may still change. A failed order with a checkout URL can still be paid. */
export function isUnfinished({ status, checkoutUrl, tasks }: OrderView): boolean {
  return isUndelivered(status) || checkoutUrl !== null || tasks.some(({ state }) => isUnfinishedState(state));
}

interface OrderListener {
  onOrder: (order: OrderView) => void;
  /** Receives null when the order could be read again. */
  onFailure: (failure: ApiFailure | null) => void;
}

export type PollRate = "often" | "seldom" | "never";

export interface OrderPoller {
  /** Fetches the order immediately, or when the page becomes visible. */
  refresh(): void;
  /** Sets how often to poll without a `refresh()`. */
  setRate(rate: PollRate): void;
  stop(): void;
}

/**
 * Fetches an order on `refresh()` and polls it at the set rate while the page is visible. `often` starts with short
 * intervals, at first and after every change, and backs off. A hidden page does not poll; it fetches when shown again.
 */
export function pollOrder(initial: OrderView, { onOrder, onFailure }: OrderListener): OrderPoller {
  const controller = new AbortController();
  let lastSnapshot = JSON.stringify(initial);
  let intervalMs = MIN_INTERVAL_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let rate: PollRate = "never";
  let inFlight = false;
  /** A change was reported after the request in flight was sent, or while the page was hidden. */
  let refreshPending = false;

  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (!document.hidden && !controller.signal.aborted) timer = setTimeout(() => void poll(), ms);
  };

  const scheduleNext = () => schedule(rate === "often" ? intervalMs : SELDOM_INTERVAL_MS);

  const poll = async () => {
    if (inFlight) return;
    inFlight = true;
    refreshPending = false;
    const result = await fetchOrder(
      initial.id,
      AbortSignal.any([controller.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    );
    inFlight = false;
    if (controller.signal.aborted) return;
    onFailure(result.ok ? null : result.failure);
    intervalMs = Math.min(intervalMs * BACKOFF_FACTOR, MAX_INTERVAL_MS);
    if (!result.ok) {
      if (FINAL_FAILURES.has(result.failure.code)) return controller.abort();
      refreshPending = true;
      return schedule(Math.max(intervalMs, (result.failure.retryAfterSeconds ?? 0) * 1_000));
    }
    const snapshot = JSON.stringify(result.data.order);
    if (snapshot !== lastSnapshot) {
      lastSnapshot = snapshot;
      intervalMs = MIN_INTERVAL_MS;
      onOrder(result.data.order);
    }
    if (refreshPending) schedule(0);
    else if (rate !== "never") scheduleNext();
  };

  const onVisibility = () => {
    intervalMs = MIN_INTERVAL_MS;
    if (rate !== "never" || refreshPending) schedule(0);
  };
  document.addEventListener("visibilitychange", onVisibility, { signal: controller.signal });
  return {
    refresh: () => {
      refreshPending = true;
      if (!inFlight) schedule(0);
    },
    setRate: (next) => {
      if (rate === next) return;
      rate = next;
      intervalMs = MIN_INTERVAL_MS;
      if (refreshPending) return;
      if (rate === "never") clearTimeout(timer);
      else scheduleNext();
    },
    stop: () => {
      clearTimeout(timer);
      controller.abort();
    },
  };
}
