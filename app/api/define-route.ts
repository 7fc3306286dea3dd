import { createRoute } from "@/lib/core/http";
import { authenticate } from "@/lib/sessions";
import { drainMoneyLane, drainMoneyLaneAfterResponse, runMoneyTasks } from "@/lib/tasks/drain-money-lane";
import { setRejectedTaskRunner } from "@/lib/tasks/run-rejected";

// Every process that answers requests can also run the tasks that QStash did not take.
setRejectedTaskRunner({ run: runMoneyTasks, drain: drainMoneyLane });

/** Wraps every route handler; the session service authenticates the caller. */
export const defineRoute = createRoute({ authenticate, onAnswered: drainMoneyLaneAfterResponse });
