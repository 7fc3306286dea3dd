import { z } from "zod";
import { now } from "../core/clock";
import { db } from "../db";
import { TaskState } from "../schemas/enums";

const openTasksSchema = z.object({
  queue: z.string(),
  state: z.enum(TaskState),
  tasks: z.int(),
  /** Start time of the oldest one that could run and does not. */
  oldest: z.date().nullable(),
});

export interface OpenTasks {
  queue: string;
  state: TaskState;
  tasks: number;
  /** For how long the oldest one could have run and did not; 0 when none waits. */
  oldestWaitingSeconds: number;
}

/**
 * Unfinished and dead tasks by queue and state. It reads them alone, by partial indexes: done ones may be a million.
 */
export async function countOpenTasks(): Promise<OpenTasks[]> {
  const rows = await db().$queryRaw`
SELECT queue, state::text AS state, count(*)::int AS tasks,
  min("notBefore") FILTER (WHERE state <> 'running' AND "notBefore" <= statement_timestamp()) AS oldest
FROM "Task" WHERE state IN ('pending', 'published', 'running') GROUP BY queue, state
UNION ALL
SELECT queue, 'dead', count(*)::int, NULL FROM "Task" WHERE state = 'dead' GROUP BY queue
ORDER BY 1, 2`;
  return z
    .array(openTasksSchema)
    .parse(rows)
    .map(({ oldest, ...row }) => ({
      ...row,
      oldestWaitingSeconds: oldest ? Math.max(0, Math.round((now() - oldest.getTime()) / 1_000)) : 0,
    }));
}
