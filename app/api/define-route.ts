import { increment, observe } from "@/lib/core/counters";
import { createRoute } from "@/lib/core/http";
import { flushCountsIfDue } from "@/lib/metrics";
import { findPolicy } from "@/lib/rate-limit/policies";
import { authenticate, authenticateStream } from "@/lib/sessions";
import { abandonByHandler } from "@/lib/tasks/abandon-by-handler";
import { setTaskAbandoner } from "@/lib/tasks/abandon-task";
import { drainMoneyLane, drainMoneyLaneAfterResponse, runMoneyTasks } from "@/lib/tasks/drain-money-lane";
import { setRejectedTaskRunner } from "@/lib/tasks/run-rejected";

// Every process that answers requests can also run the tasks that QStash did not take.
setRejectedTaskRunner({ run: runMoneyTasks, drain: drainMoneyLane });
// What a task leaves behind is cleared up by its domain, whichever route cancels or expires the task.
setTaskAbandoner(abandonByHandler);

/** Of every route handler: what happens after an answer, and what is counted. */
const common = {
  onAnswered: drainMoneyLaneAfterResponse,
  onResponse: ({ method, pathname, status, durationMs }) => {
    // The policy table has each route's pattern, some with the method.
    const route = findPolicy(pathname, method).pattern.replace(/^[A-Z]+ /, "");
    increment("http_requests_total", [method, route, String(status)]);
    observe("http_request_duration_seconds", [method, route], durationMs / 1_000);
    flushCountsIfDue();
  },
} satisfies Partial<Parameters<typeof createRoute>[0]>;

/** Wraps every route handler; the session service authenticates the caller. */
export const defineRoute = createRoute({ ...common, authenticate });

/** The same for the event stream, whose callers are authenticated without Redis. */
export const defineStreamRoute = createRoute({ ...common, authenticate: authenticateStream });

/**
 * For callers whose body contains a signature, which the handler verifies. Open pages send these all the time, so they
 * drain no tasks.
 */
export const defineSignedRoute = createRoute({
  ...common,
  onAnswered: () => {},
  authenticate: async () => null,
});
