import { z } from "zod";
import { listAudit } from "../../audit";
import type { Caller } from "../../core/access-token";
import { now } from "../../core/clock";
import { AppError } from "../../core/errors";
import { requireRole } from "../../core/permission";
import { db } from "../../db";
import { TaskState } from "../../schemas/enums";
import {
  attemptSchema,
  getQueueDefinition,
  isQueueName,
  listAttempts,
  listedTaskSchema,
  listPausedQueues,
  messageEventsSchema,
  queuePauseSchema,
  readMessageEvents,
  toListedTask,
} from "../../tasks";
import { effectSchema, readEffects } from "./effects";
import { listNextSteps, nextStepSchema } from "./next-steps";
import { aboutSchema, causeSchema, type OriginTask, readAbout, readCause, readOrigin } from "./origin";

export const taskStorySchema = z.object({
  task: listedTaskSchema.extend({
    key: z.string(),
    generation: z.int(),
    leaseUntil: z.iso.datetime().nullable(),
  }),
  /** Null for mails and notifications: they name persons, and a mail's link is a key to an account. */
  payload: z.json().nullable(),
  cause: causeSchema,
  about: aboutSchema.nullable(),
  /** The buyer's request that placed the order which the task is about. */
  origin: causeSchema.nullable(),
  attempts: z.array(attemptSchema),
  messages: messageEventsSchema,
  effects: z.array(effectSchema),
  /** Of its queue; null unless an operator has paused it. */
  paused: queuePauseSchema.nullable(),
  next: z.array(nextStepSchema),
  /** Other tasks about the same. */
  related: z.array(
    z.object({
      id: z.uuid(),
      queue: z.string(),
      state: z.enum(TaskState),
      error: z.string().nullable(),
      createdAt: z.iso.datetime(),
    }),
  ),
  /** What operators did with it, newest first. */
  audit: z.array(
    z.object({
      id: z.uuid(),
      action: z.string(),
      actorName: z.string().nullable(),
      reason: z.string().nullable(),
      createdAt: z.iso.datetime(),
    }),
  ),
});

export type TaskStory = z.infer<typeof taskStorySchema>;

/** Messages whose events are read: the last one, and those of the last failed attempts. */
const MAX_MESSAGES = 5;
const MAX_RELATED = 30;

/**
 * Everything that is known of one task, for administrators. Answers without QStash, and says that it did not answer.
 * @throws {AppError} forbidden for other callers; not_found
 */
export async function getTaskStory(caller: Pick<Caller, "role">, id: string): Promise<TaskStory> {
  requireRole(caller, "admin");
  const task = await db().task.findUnique({ where: { id } });
  if (!task) throw new AppError("not_found", { message: "task_not_found" });
  const attempts = listAttempts(task);
  const messageIds = [task.messageId, ...attempts.map(({ messageId }) => messageId).reverse()].filter(
    (messageId) => messageId !== null,
  );
  const [messages, cause, effects, audit, pauses, { about, origin, related }] = await Promise.all([
    readMessageEvents([...new Set(messageIds)].slice(0, MAX_MESSAGES)),
    readCause(task),
    readEffects(task),
    readAudit(caller, id),
    listPausedQueues(),
    readContext(task),
  ]);
  const paused = pauses.find(({ queue }) => queue === task.queue) ?? null;
  const nextDeliveryAt = messages.events.at(-1)?.nextDeliveryAt ?? null;
  const isPersonal = !isQueueName(task.queue) || getQueueDefinition(task.queue).personal === true;
  return {
    task: {
      ...toListedTask(task),
      key: task.key,
      generation: task.generation,
      leaseUntil: task.leaseUntil?.toISOString() ?? null,
    },
    payload: isPersonal ? null : z.json().parse(task.payload),
    ...{ cause, about, attempts, messages, effects, paused, related, audit },
    origin: origin?.taskId === id && origin.requestId === cause.requestId ? null : origin,
    next: listNextSteps(task, { nextDeliveryAt, isPaused: paused !== null, nowMs: now() }),
  };
}

async function readContext(task: OriginTask): Promise<Pick<TaskStory, "about" | "origin" | "related">> {
  const about = await readAbout(task);
  const [origin, related] = await Promise.all([
    readOrigin(about),
    readRelated(task.id, about?.subject ?? task.subject),
  ]);
  return { about, origin, related };
}

async function readRelated(id: string, subject: string | null): Promise<TaskStory["related"]> {
  if (subject === null) return [];
  const tasks = await db().task.findMany({
    where: { subject, id: { not: id } },
    orderBy: { id: "asc" },
    take: MAX_RELATED,
    select: { id: true, queue: true, state: true, error: true, createdAt: true },
  });
  return tasks.map(({ createdAt, ...task }) => ({ ...task, createdAt: createdAt.toISOString() }));
}

async function readAudit(caller: Pick<Caller, "role">, id: string): Promise<TaskStory["audit"]> {
  const { items } = await listAudit(caller, { subject: `task:${id}` });
  return items.map(({ data, ...entry }) => ({
    ...{ id: entry.id, action: entry.action, actorName: entry.actorName, createdAt: entry.createdAt },
    reason: typeof data?.reason === "string" ? data.reason : null,
  }));
}
