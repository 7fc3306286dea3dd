import { z } from "zod";
import { now } from "../core/clock";
import { db } from "../db";
import { TaskState } from "../schemas/enums";
import { countByPairSql } from "./count-by-pair";
import { readQueueNames } from "./queue-names";

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
  /** At most 10,000. */
  tasks: number;
  /** For how long the oldest one could have run and did not; 0 when none waits. */
  oldestWaitingSeconds: number;
}

/** Tasks of one queue and state are counted up to this number, which stands for that many and more. */
const MAX_COUNT = 10_000;
const OPEN_STATES = [TaskState.pending, TaskState.published, TaskState.running, TaskState.dead];

/** Unfinished and dead tasks by queue and state, without pairs that have none. Two statements. */
export async function countOpenTasks(): Promise<OpenTasks[]> {
  const names = await readQueueNames();
  const rows = await db().$queryRaw(countByPairSql(names, OPEN_STATES, MAX_COUNT));
  return z
    .array(openTasksSchema)
    .parse(rows)
    .filter(({ tasks }) => tasks > 0)
    .map(({ oldest, ...row }) => ({
      ...row,
      oldestWaitingSeconds: oldest ? Math.max(0, Math.round((now() - oldest.getTime()) / 1_000)) : 0,
    }));
}
