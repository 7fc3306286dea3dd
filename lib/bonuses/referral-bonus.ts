import { z } from "zod";
import type { Transaction } from "../db";
import { OrderStatus } from "../schemas/enums";
import { isSold } from "../schemas/order-status";
import { backgroundTaskService } from "../tasks";
import { appendEntry, lockLedger, type NewEntry } from "./ledger";

/**
 * The referrer earns a tenth of what the buyer paid in money less refunds, rounded down to whole hundredths. It is the
 * number that counts: 100.00 of any currency is 10 bonuses. All currencies have two decimals, so a tenth of minor units
 * is in hundredths of a bonus; amounts are not converted. What a bonus is worth at checkout follows from this:
 * lib/schemas/bonus-price.ts. What the buyer's own bonuses paid earns nothing.
 */
const REFERRAL_DIVISOR = 10;

const referrerRowsSchema = z.array(z.object({ userId: z.uuid().nullable() }));

const orderStateRowsSchema = z.array(
  z.object({
    status: z.enum(OrderStatus),
    /** Paid in money less refunds. */
    keptMinor: z.int(),
    currency: z.string(),
    /** Granted less reversed. */
    granted: z.int(),
    /** Whether a bonus was ever granted. */
    isGranted: z.boolean(),
  }),
);

/**
 * Reconciles the ledger of the buyer's referrer with an order, in the task's transaction. Safe to repeat.
 *
 * The target is a tenth of what the buyer paid less refunds. It depends only on the order's current state, not on
 * whether `grant` or `reverse` runs: in any order and any number of runs the ledger ends the same. An order that was
 * refunded before its bonus was granted gets none, or a bonus for the rest. A grant never grows; a reversal may leave
 * a negative balance, since the bonus may have been spent.
 *
 * The ledger is locked before the order and the entries are read, so of two concurrent runs the second sees what the
 * first did; a refund that commits meanwhile has enqueued another task, which runs later.
 */
export async function reconcileReferralBonus(tx: Transaction, orderId: string): Promise<void> {
  const userId = await findReferrer(tx, orderId);
  // The buyer has no referrer, or the referrer's account was deleted.
  if (!userId || !(await lockLedger(tx, userId))) return;

  const order = await loadOrderState(tx, orderId, userId);
  if (!order) return;
  const earned = isSold(order.status) ? Math.floor(order.keptMinor / REFERRAL_DIVISOR) : 0;
  if (!order.isGranted && earned > 0) {
    await appendAndNotify(tx, order, { userId, kind: "referral", amount: earned, key: grantKey(orderId) });
  } else if (earned < order.granted) {
    await appendAndNotify(tx, order, {
      ...{ userId, kind: "referral_reversed", amount: earned - order.granted },
      // The earned amount only shrinks, so each value is reached once.
      key: `${reversalKeyPrefix(orderId)}${earned}`,
    });
  }
}

const grantKey = (orderId: string) => `referral:${orderId}`;
const reversalKeyPrefix = (orderId: string) => `referral-reversed:${orderId}:`;

/** The user who got the order's bonus, else the buyer's referrer. Never the buyer. */
async function findReferrer(tx: Transaction, orderId: string): Promise<string | null> {
  const rows = await tx.$queryRaw`
SELECT coalesce(
  (SELECT "userId" FROM "BonusEntry" WHERE key = ${grantKey(orderId)}),
  (SELECT nullif(buyer."referredById", buyer.id) FROM "Order" bought JOIN "User" buyer ON buyer.id = bought."buyerId"
    WHERE bought.id = ${orderId}::uuid)
) AS "userId"`;
  return referrerRowsSchema.parse(rows)[0]?.userId ?? null;
}

async function loadOrderState(tx: Transaction, orderId: string, userId: string) {
  const rows = await tx.$queryRaw`
SELECT bought.status, bought."amountMinor" - bought."bonusMinor" - bought."refundedMinor" AS "keptMinor",
  bought.currency,
  coalesce(sum(entry.amount), 0)::int AS granted,
  coalesce(bool_or(entry.key = ${grantKey(orderId)}), false) AS "isGranted"
FROM "Order" bought LEFT JOIN "BonusEntry" entry ON entry."userId" = ${userId}::uuid
  AND (entry.key = ${grantKey(orderId)} OR starts_with(entry.key, ${reversalKeyPrefix(orderId)}))
WHERE bought.id = ${orderId}::uuid
GROUP BY bought.id`;
  return orderStateRowsSchema.parse(rows)[0];
}

/** Appends an entry and enqueues its owner's notification, in the same transaction. */
async function appendAndNotify(tx: Transaction, order: { currency: string }, entry: NewEntry): Promise<void> {
  const { outcome } = await appendEntry(tx, entry);
  if (outcome !== "added") return;
  await backgroundTaskService.sendTypedNotification(
    {
      userId: entry.userId,
      kind: entry.amount > 0 ? "bonus" : "bonus_reversed",
      data: { amountMinor: Math.abs(entry.amount), currency: order.currency },
    },
    { tx, key: entry.key },
  );
}
