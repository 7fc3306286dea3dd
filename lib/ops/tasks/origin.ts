import { z } from "zod";
import { getTraceId } from "../../core/trace";
import { db } from "../../db";
import { firstCheckKey } from "../../shop";
import { payloadOrderId } from "./effects";

/** What began a task: its own request, and for a task about an order the buyer's request that placed it. */

export const causeSchema = z.object({
  /** The task that the request enqueued. */
  taskId: z.uuid(),
  at: z.iso.datetime(),
  /** Null for work without a request, and of an earlier deployment. */
  requestId: z.string().nullable(),
  traceId: z.string().nullable(),
  /** Who the task belongs to. */
  person: z.object({ id: z.uuid(), name: z.string() }).nullable(),
});

export type Cause = z.infer<typeof causeSchema>;

export const aboutSchema = z.object({
  kind: z.enum(["order", "other"]),
  /** As audit entries and alerts name it, `order:{id}`. */
  subject: z.string(),
  id: z.string(),
  /** An order's. */
  status: z.string().nullable(),
  person: z.object({ id: z.uuid(), name: z.string() }).nullable(),
});

export type About = z.infer<typeof aboutSchema>;

export interface OriginTask {
  id: string;
  key: string;
  payload: unknown;
  subject: string | null;
  ownerId: string | null;
  requestId: string | null;
  trace: string | null;
  createdAt: Date;
}

export async function readCause({ id, createdAt, requestId, trace, ownerId }: OriginTask): Promise<Cause> {
  return {
    taskId: id,
    at: createdAt.toISOString(),
    requestId,
    traceId: trace && getTraceId(trace),
    person: ownerId === null ? null : await findPerson(ownerId),
  };
}

/** What the task is about; null when nothing says so. */
export async function readAbout(task: OriginTask): Promise<About | null> {
  const orderId = await findOrderId(task);
  if (orderId !== null) {
    const order = await db().order.findUnique({
      where: { id: orderId },
      select: { status: true, buyer: { select: { id: true, name: true } } },
    });
    if (order) {
      const { status, buyer } = order;
      return { kind: "order", subject: `order:${orderId}`, id: orderId, status, person: buyer };
    }
  }
  const { subject } = task;
  if (subject === null) return null;
  return { kind: "other", subject, id: subject.slice(subject.indexOf(":") + 1), status: null, person: null };
}

const ID_PATTERN = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * The order that a task follows from: by its subject or payload, or by its key. The keys of a sale's mails and
 * notifications end in the id of the order (`delivered:{id}`) or of the task that enqueued them (`supplier:{id}`).
 */
async function findOrderId({ subject, payload, key }: OriginTask): Promise<string | null> {
  const named = /^order:(.+)$/.exec(subject ?? "")?.[1]?.match(ID_PATTERN)?.[0] ?? payloadOrderId(payload);
  if (named !== null) return named;
  const id = key.match(ID_PATTERN)?.at(-1);
  if (id === undefined) return null;
  const [order, parent] = await Promise.all([
    db().order.findUnique({ where: { id }, select: { id: true } }),
    db().task.findUnique({ where: { id }, select: { payload: true } }),
  ]);
  return order?.id ?? (parent ? payloadOrderId(parent.payload) : null);
}

/** The request that placed an order, by the task that it enqueued; null when that was deleted since. */
export async function readOrigin(about: About | null): Promise<Cause | null> {
  if (about?.kind !== "order") return null;
  const first = await db().task.findUnique({
    where: { queue_key: { queue: "payments", key: firstCheckKey(about.id) } },
  });
  return first ? { ...(await readCause(first)), person: about.person } : null;
}

function findPerson(id: string): Promise<Cause["person"]> {
  return db().user.findUnique({ where: { id }, select: { id: true, name: true } });
}
