import { createRoute } from "@/lib/core/http";
import { authenticate, authenticateStream } from "@/lib/sessions";
import { abandonByHandler } from "@/lib/tasks/abandon-by-handler";
import { setTaskAbandoner } from "@/lib/tasks/abandon-task";
import { drainMoneyLane, drainMoneyLaneAfterResponse, runMoneyTasks } from "@/lib/tasks/drain-money-lane";
import { setRejectedTaskRunner } from "@/lib/tasks/run-rejected";

// Every process that answers requests can also run the tasks that QStash did not take.
setRejectedTaskRunner({ run: runMoneyTasks, drain: drainMoneyLane });
// What a task leaves behind is cleared up by its domain, whichever route cancels or expires the task.
setTaskAbandoner(abandonByHandler);

/** Wraps every route handler; the session service authenticates the caller. */
export const defineRoute = createRoute({ authenticate, onAnswered: drainMoneyLaneAfterResponse });

/** The same for the event stream, whose callers are authenticated without Redis. */
export const defineStreamRoute = createRoute({
  authenticate: authenticateStream,
  onAnswered: drainMoneyLaneAfterResponse,
});

/** The same for callers whose body contains a signature, which the handler verifies. */
export const defineSignedRoute = createRoute({ authenticate: async () => null });
