import type { ApiFailure } from "@/app/_ui/api-result";
import { fetchOrder, type OrderItem } from "./orders-api";

/** How soon the first look is, and the next one after something changed. */
const FIRST_WAIT_MS = 1_000;
/** Each look that finds nothing new makes the next wait longer by this, */
const SLOWER_BY = 1.25;
/** up to this: a person has 100 requests a minute for everything. */
const LONGEST_WAIT_MS = 15_000;
/** Between looks when somebody tells of changes: what they do not tell, since they died before, is seen all the same. */
const SELDOM_MS = 60_000;
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

export type Pace = "often" | "seldom" | "never";

export interface OrderFollower {
  /** Something about it has changed: looks at once, or when the page is shown again. */
  look(): void;
  /** How often to look without being told. */
  setPace(pace: Pace): void;
  end(): void;
}

/**
 * Looks at an order when it is told to and, at its pace, again and again while somebody looks at the page: `often` is
 * soon at first and after every change, then less so. A hidden page asks nothing; shown again it asks at once.
 */
export function followOrder(known: OrderItem, { onOrder, onTrouble }: Listener): OrderFollower {
  const ended = new AbortController();
  let last = JSON.stringify(known);
  let waitMs = FIRST_WAIT_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pace: Pace = "never";
  let asking = false;
  /** Something has changed since the answer that is on its way was asked for, or while the page was hidden. */
  let again = false;

  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (!document.hidden && !ended.signal.aborted) timer = setTimeout(() => void ask(), ms);
  };

  const scheduleNext = () => schedule(pace === "often" ? waitMs : SELDOM_MS);

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
    else if (pace !== "never") scheduleNext();
  };

  const onVisibility = () => {
    waitMs = FIRST_WAIT_MS;
    if (pace !== "never" || again) schedule(0);
  };
  document.addEventListener("visibilitychange", onVisibility, { signal: ended.signal });
  return {
    look: () => {
      again = true;
      if (!asking) schedule(0);
    },
    setPace: (next) => {
      if (pace === next) return;
      pace = next;
      waitMs = FIRST_WAIT_MS;
      if (again) return;
      if (pace === "never") clearTimeout(timer);
      else scheduleNext();
    },
    end: () => {
      clearTimeout(timer);
      ended.abort();
    },
  };
}
