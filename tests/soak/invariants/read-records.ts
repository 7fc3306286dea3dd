import { db } from "@/lib/db";
import type { MailCatcher } from "@/local/smtp";
import type { RunningStripe } from "@/local/stripe";
import { listProviderPayments } from "../provider-payments";

/** A violated invariant; `orderId` if it concerns one order. */
export interface Violation {
  orderId: string | null;
  what: string;
}

/** All rows that the invariants check, read after the drain. */
export type Records = Awaited<ReturnType<typeof readRecords>>;

export async function readRecords({ provider, mail }: { provider: RunningStripe; mail: MailCatcher }) {
  const [orders, tasks, deliveries, alerts, notifications, entries, sales, products] = await Promise.all([
    db().order.findMany({ include: { buyer: { select: { referredById: true } } } }),
    db().task.findMany({
      select: { id: true, queue: true, key: true, state: true, payload: true, attempts: true, error: true },
    }),
    db().delivery.findMany({ select: { orderId: true, unit: true, revokedAt: true } }),
    db().alert.findMany({ where: { closedAt: null } }),
    db().notification.findMany({ select: { key: true, kind: true, userId: true, data: true } }),
    db().bonusEntry.findMany({ orderBy: [{ userId: "asc" }, { seq: "asc" }] }),
    db().rankedSale.findMany(),
    db().product.findMany({ select: { id: true, stock: true } }),
  ]);
  const orderIds = new Set(orders.map(({ id }) => id));
  const payments = (await listProviderPayments(provider)).filter(({ orderId }) => orderIds.has(orderId));
  return {
    ...{ orders, tasks, deliveries, alerts, notifications, entries, sales, products },
    payments: new Map(payments.map((payment) => [payment.orderId, payment])),
    paidTwice: payments.length - new Set(payments.map(({ orderId }) => orderId)).size,
    mails: await countMails(mail),
  };
}

/** Maps each `Message-ID`, without brackets and host, to the number of mails with it. */
async function countMails({ pageUrl }: MailCatcher): Promise<Map<string, number>> {
  const mails = new Map<string, number>();
  let before: string | null = null;
  do {
    const query: string = `?limit=1000${before ? `&before=${before}` : ""}`;
    const response = await fetch(`${pageUrl}/api/messages${query}`);
    const page = (await response.json()) as { items: { messageId: string }[]; nextCursor: string | null };
    for (const { messageId } of page.items) {
      const id = messageId.replace(/^<|@.*$/g, "");
      mails.set(id, (mails.get(id) ?? 0) + 1);
    }
    before = page.nextCursor ?? null;
  } while (before);
  return mails;
}

export type TaskRecord = Records["tasks"][number];

/** Groups rows by `keyOf`; rows with a null key are left out. */
export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
