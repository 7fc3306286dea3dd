import { z } from "zod";
import { db } from "../../db";
import type { GuaranteedQueue } from "../../tasks";

/** What a task wrote, for operators: the rows that its handler makes or changes, as they are now. */

const EFFECT_KINDS = [
  ...(["order", "delivery", "refund", "bonus", "sale", "notification", "mail"] as const),
  ...(["mint", "file", "variant", "execution", "erasure", "task"] as const),
] as const;

export const effectSchema = z.object({
  kind: z.enum(EFFECT_KINDS),
  id: z.string(),
  at: z.iso.datetime().nullable(),
  /** A state, a number or a kind; no personal data. */
  detail: z.string().nullable(),
});

export type Effect = z.infer<typeof effectSchema>;

export interface EffectTask {
  id: string;
  queue: string;
  key: string;
  payload: unknown;
  progress: unknown;
}

type Reader = (task: EffectTask) => Promise<Effect[]>;

const MAX_ROWS = 20;

const noEffects: Reader = async () => [];

const readers: Readonly<Record<GuaranteedQueue, Reader>> = {
  payments: ofOrder(async (orderId) => {
    const order = await db().order.findUnique({
      where: { id: orderId },
      select: { status: true, paymentIntentId: true, closedAt: true, paidAt: true },
    });
    if (!order) return [];
    const refunds =
      order.paymentIntentId === null
        ? []
        : await db().refund.findMany({
            where: { paymentIntentId: order.paymentIntentId },
            take: MAX_ROWS,
          });
    return [
      effect("order", orderId, order.closedAt ?? order.paidAt, order.status),
      ...refunds.map(({ id, createdAt, status }) => effect("refund", id, createdAt, status)),
    ];
  }),
  "deliver-goods": ofOrder(async (orderId) => {
    const deliveries = await db().delivery.findMany({
      where: { orderId },
      orderBy: { unit: "asc" },
      take: MAX_ROWS,
    });
    return [
      ...deliveries.map(({ id, createdAt, kind, unit }) =>
        effect("delivery", id, createdAt, `${kind} ${unit}`),
      ),
      ...(await tasksWithKey(`delivered:${orderId}`)),
    ];
  }),
  "referral-bonuses": ofOrder(async (orderId) => {
    const grant = await db().bonusEntry.findUnique({ where: { key: `referral:${orderId}` } });
    if (!grant) return [];
    const reversals = await db().bonusEntry.findMany({
      where: {
        userId: grant.userId,
        seq: { gt: grant.seq },
        key: { startsWith: `referral-reversed:${orderId}:` },
      },
      orderBy: { seq: "asc" },
      take: MAX_ROWS,
    });
    return [grant, ...reversals].map(({ id, createdAt, kind, amount }) =>
      effect("bonus", id, createdAt, `${kind} ${amount}`),
    );
  }),
  "supplier-notifications": ({ id }) => tasksWithKey(`supplier:${id}`),
  leaderboards: ofOrder(async (orderId) => {
    const sale = await db().rankedSale.findUnique({ where: { orderId } });
    return sale ? [effect("sale", orderId, sale.soldAt, `${sale.amountMinor} ${sale.currency}`)] : [];
  }),
  notifications: async ({ id }) => {
    const notification = await db().notification.findUnique({
      where: { key: id },
      select: { id: true, createdAt: true, kind: true },
    });
    return notification
      ? [effect("notification", notification.id, notification.createdAt, notification.kind)]
      : [];
  },
  // A mail has no row: its handler writes into the task what became of it.
  emails: async ({ id, progress }) => {
    const { note } = mailProgressSchema.parse(progress);
    return note === null ? [] : [effect("mail", id, null, note)];
  },
  "nft-minting": async ({ id, payload }) => {
    const mintId = mintPayloadSchema.parse(payload).check?.mintId ?? id;
    const mint = await db().mint.findUnique({ where: { id: mintId } });
    return mint ? [effect("mint", mint.id, mint.finishedAt ?? mint.createdAt, mint.state)] : [];
  },
  "file-processing": readFile,
  "audio-transcoding": readFile,
  "workflow-executions": async ({ payload }) => {
    const { executionId } = executionPayloadSchema.parse(payload);
    const execution = executionId && (await db().botExecution.findUnique({ where: { id: executionId } }));
    return execution
      ? [effect("execution", execution.id, execution.finishedAt ?? execution.createdAt, execution.state)]
      : [];
  },
  "account-erasures": async ({ payload }) => {
    const { userId } = userPayloadSchema.parse(payload);
    if (userId === null) return [];
    const user = await db().user.findUnique({ where: { id: userId }, select: { deletedAt: true } });
    return [effect("erasure", userId, user?.deletedAt ?? null, user ? "unfinished" : "erased")];
  },
  "bot-tidying": noEffects,
  // It sends what an alert says, and writes nothing.
  "alert-notices": noEffects,
};

const mailProgressSchema = z.object({ note: z.string().nullable() }).catch({ note: null });
const mintPayloadSchema = z.object({ check: z.object({ mintId: z.uuid() }).optional() }).catch({});
const executionPayloadSchema = z.object({ executionId: z.uuid().nullable() }).catch({ executionId: null });
const userPayloadSchema = z.object({ userId: z.uuid().nullable() }).catch({ userId: null });
const filePayloadSchema = z.object({ fileId: z.uuid().nullable() }).catch({ fileId: null });
const orderPayloadSchema = z.object({ orderId: z.uuid().nullable() }).catch({ orderId: null });

/** The effects of a task; none for a queue that this deployment does not know. */
export async function readEffects(task: EffectTask): Promise<Effect[]> {
  const reader: Reader | undefined = Object.hasOwn(readers, task.queue)
    ? readers[task.queue as GuaranteedQueue]
    : undefined;
  return reader ? reader(task) : [];
}

/** The order that a payload names. */
export function payloadOrderId(payload: unknown): string | null {
  return orderPayloadSchema.parse(payload).orderId;
}

function ofOrder(read: (orderId: string) => Promise<Effect[]>): Reader {
  return async ({ payload }) => {
    const orderId = payloadOrderId(payload);
    return orderId === null ? [] : read(orderId);
  };
}

async function readFile({ payload }: EffectTask): Promise<Effect[]> {
  const { fileId } = filePayloadSchema.parse(payload);
  if (fileId === null) return [];
  const file = await db().mediaFile.findUnique({
    where: { id: fileId },
    select: {
      status: true,
      createdAt: true,
      variants: {
        orderBy: { id: "asc" },
        take: MAX_ROWS,
        select: { id: true, kind: true, format: true, createdAt: true },
      },
    },
  });
  if (!file) return [];
  return [
    effect("file", fileId, file.createdAt, file.status),
    ...file.variants.map(({ id, kind, format, createdAt }) =>
      effect("variant", id, createdAt, `${kind} ${format}`),
    ),
  ];
}

/** Mails and notifications are tasks of their own, which the same transaction has enqueued. */
async function tasksWithKey(key: string): Promise<Effect[]> {
  const tasks = await db().task.findMany({
    where: {
      OR: [
        { queue: "notifications", key },
        { queue: "emails", key },
      ],
    },
    orderBy: { id: "asc" },
    select: { id: true, queue: true, state: true, createdAt: true },
  });
  return tasks.map(({ id, queue, state, createdAt }) => effect("task", id, createdAt, `${queue} ${state}`));
}

function effect(kind: Effect["kind"], id: string, at: Date | null, detail: string | null): Effect {
  return { kind, id, at: at?.toISOString() ?? null, detail };
}
