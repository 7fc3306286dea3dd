import type { ApiFailure } from "@/app/_ui/api-result";
import { fetchOrder, type OrderItem } from "./orders-api";

/** How soon the first look is, and the next one after something changed. */
const MIN_INTERVAL_MS = 1_000;
/** Each look that finds nothing new makes the next wait longer by this, */
const BACKOFF_FACTOR = 1.25;
/** up to this: a person has 100 requests a minute for everything. */
const MAX_INTERVAL_MS = 15_000;
/** Between looks when somebody tells of changes: what they do not tell, since they died before, is seen all the same. */
const SELDOM_INTERVAL_MS = 60_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** After these there is nothing to wait for. */
const FINAL_FAILURES = new Set(["unauthenticated", "forbidden", "not_found"]);

const UNFINISHED_STATES = new Set(["pending", "published", "running"]);

/** Whether anything about an order may still change by itself. A failed one that can be paid may be paid yet. */
export function isUnfinished({ status, checkoutUrl, tasks }: OrderItem): boolean {
  return (
    status === "pending" ||
    status === "paid" ||
    checkoutUrl !== null ||
    tasks.some(({ state }) => UNFINISHED_STATES.has(state))
  );
}

interface OrderListener {
  onOrder: (order: OrderItem) => void;
  /** Null once the order could be read again. */
  onFailure: (failure: ApiFailure | null) => void;
}

export type PollRate = "often" | "seldom" | "never";

export interface OrderPoller {
  /** Something about it has changed: looks at once, or when the page is shown again. */
  refresh(): void;
  /** How often to look without being told. */
  setRate(pace: PollRate): void;
  stop(): void;
}

/**
 * Looks at an order when it is told to and, at its pace, again and again while somebody looks at the page: `often` is
 * soon at first and after every change, then less so. A hidden page asks nothing; shown again it asks at once.
 */
export function pollOrder(initial: OrderItem, { onOrder, onFailure }: OrderListener): OrderPoller {
  const controller = new AbortController();
  let lastSnapshot = JSON.stringify(initial);
  let intervalMs = MIN_INTERVAL_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let rate: PollRate = "never";
  let inFlight = false;
  /** Something has changed since the answer that is on its way was asked for, or while the page was hidden. */
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
