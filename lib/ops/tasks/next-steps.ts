import { z } from "zod";
import type { TaskState } from "../../schemas/enums";
import { isUnfinishedState } from "../../schemas/task-state";

export const nextStepSchema = z.object({
  kind: z.enum([
    /** It may not run before. */
    "starts",
    /** QStash delivers its message again. */
    "delivery",
    /** The running attempt's lease ends, unless it reports progress; then another may take over. */
    "lease_ends",
    /** A sweep publishes it, or publishes it again. */
    "published",
    /** It is dead if it has not finished. */
    "deadline",
  ]),
  at: z.iso.datetime(),
});

export type NextStep = z.infer<typeof nextStepSchema>;

interface UnfinishedTask {
  state: TaskState;
  notBefore: Date;
  dueAt: Date;
  leaseUntil: Date | null;
  deadlineAt: Date;
}

interface Circumstances {
  /** By QStash. */
  nextDeliveryAt: string | null;
  /** The queue: then no sweep publishes it, and it has no deadline. */
  isPaused: boolean;
  nowMs: number;
}

/** What is still to come of a task and when, soonest first; nothing for a finished one. */
export function listNextSteps(
  { state, notBefore, dueAt, leaseUntil, deadlineAt }: UnfinishedTask,
  { nextDeliveryAt, isPaused, nowMs }: Circumstances,
): NextStep[] {
  if (!isUnfinishedState(state)) return [];
  const isAhead = (at: string) => Date.parse(at) > nowMs;
  const steps: NextStep[] = [];
  if (!isPaused) steps.push({ kind: "published", at: dueAt.toISOString() });
  if (isAhead(notBefore.toISOString())) steps.push({ kind: "starts", at: notBefore.toISOString() });
  if (nextDeliveryAt !== null && isAhead(nextDeliveryAt))
    steps.push({ kind: "delivery", at: nextDeliveryAt });
  if (state === "running" && leaseUntil) steps.push({ kind: "lease_ends", at: leaseUntil.toISOString() });
  if (!isPaused) steps.push({ kind: "deadline", at: deadlineAt.toISOString() });
  return steps.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
