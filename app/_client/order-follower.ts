import type { ApiFailure } from "./api";
import { fetchOrder, type OrderItem } from "./orders";

/** How soon the first look is, and the next one after something changed. */
const FIRST_WAIT_MS = 1_000;
/** Each look that finds nothing new makes the next wait longer by this, */
const SLOWER_BY = 1.25;
/** up to this: a person has 100 requests a minute for everything. */
const LONGEST_WAIT_MS = 15_000;
const ANSWER_LIMIT_MS = 15_000;

/** After these there is nothing to wait for. */
const FINAL_FAILURES = new Set(["unauthenticated", "forbidden", "not_found"]);

const UNFINISHED_TASK = new Set(["pending", "published", "running"]);

/** Whether anything about an order may still change by itself. A failed one that can be paid may be paid yet. */
export function isUnfinished({ status, checkoutUrl, tasks }: OrderItem): boolean {
  return (
    status === "pending" ||
    status === "paid" ||
    checkoutUrl !== null ||
    tasks.some(({ state }) => UNFINISHED_TASK.has(state))
  );
}

interface Listener {
  onOrder: (order: OrderItem) => void;
  /** Null once the order could be read again. */
  onTrouble: (failure: ApiFailure | null) => void;
}

export interface OrderFollower {
  /** Something about it has changed: looks at once, or when the page is shown again. */
  look(): void;
  /** Whether to look again and again without being told. */
  setPolling(polls: boolean): void;
  end(): void;
}

/**
 * Looks at an order when it is told to and, where nobody tells, again and again while somebody looks at the page: soon
 * at first and after every change, then less often. A hidden page asks nothing; shown again it asks at once.
 */
export function followOrder(known: OrderItem, { onOrder, onTrouble }: Listener): OrderFollower {
  const ended = new AbortController();
  let last = JSON.stringify(known);
  let waitMs = FIRST_WAIT_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let polls = false;
  let asking = false;
  /** Something has changed since the answer that is on its way was asked for, or while the page was hidden. */
  let again = false;

  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (!document.hidden && !ended.signal.aborted) timer = setTimeout(() => void ask(), ms);
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    again = false;
    const result = await fetchOrder(
      known.id,
      AbortSignal.any([ended.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
    );
    asking = false;
    if (ended.signal.aborted) return;
    onTrouble(result.ok ? null : result.failure);
    waitMs = Math.min(waitMs * SLOWER_BY, LONGEST_WAIT_MS);
    if (!result.ok) {
      if (FINAL_FAILURES.has(result.failure.code)) return ended.abort();
      again = true;
      return schedule(Math.max(waitMs, (result.failure.retryAfterSeconds ?? 0) * 1_000));
    }
    const seen = JSON.stringify(result.data.order);
    if (seen !== last) {
      last = seen;
      waitMs = FIRST_WAIT_MS;
      onOrder(result.data.order);
    }
    if (again) schedule(0);
    else if (polls) schedule(waitMs);
  };

  const onVisibility = () => {
    waitMs = FIRST_WAIT_MS;
    if (polls || again) schedule(0);
  };
  document.addEventListener("visibilitychange", onVisibility, { signal: ended.signal });
  return {
    look: () => {
      again = true;
      if (!asking) schedule(0);
    },
    setPolling: (now) => {
      if (polls === now) return;
      polls = now;
      waitMs = FIRST_WAIT_MS;
      if (polls) schedule(waitMs);
      else if (!again) clearTimeout(timer);
    },
    end: () => {
      clearTimeout(timer);
      ended.abort();
    },
  };
}
