import { z } from "zod";
import type { Transaction } from "../db";
import { enqueue } from "../tasks";
import { appendEntry, lockLedger, type NewEntry } from "./ledger";

/** The referrer's part of what the buyer paid and kept: a tenth, rounded down to whole hundredths. */
const REFERRAL_DIVISOR = 10;

const referrerRowsSchema = z.array(z.object({ userId: z.uuid().nullable() }));

const orderStateRowsSchema = z.array(
  z.object({
    status: z.enum(["pending", "paid", "delivered", "refunded", "failed"]),
    amountMinor: z.int(),
    refundedMinor: z.int(),
    currency: z.string(),
    /** What was granted, less what was taken back. */
    granted: z.int(),
    /** Whether anything was ever granted. */
    isGranted: z.boolean(),
  }),
);

/**
 * Makes the ledger of whoever referred an order's buyer agree with the order, in the transaction of the task.
 *
 * What it should hold is a tenth of what the buyer paid and did not get back. That depends on the order as it is
 * now and on nothing else, not even on which of `grant` and `reverse` runs: in whatever order and however often
 * they do, the ledger ends the same. An order that was refunded before its bonus was granted gets none, or the
 * one of what was left. A grant never grows; taking back may leave less than zero, since it may have been spent.
 *
 * The ledger is locked before order and entries are read, so of two of these the second sees what the first did,
 * and a refund that commits meanwhile has a task of its own that comes after.
 */
export async function reconcileReferralBonus(tx: Transaction, orderId: string): Promise<void> {
  const userId = await findReferrer(tx, orderId);
  // Nobody referred the buyer, or whoever did is gone.
  if (!userId || !(await lockLedger(tx, userId))) return;

  const order = await loadOrderState(tx, orderId, userId);
  if (!order) return;
  const isSold = order.status === "paid" || order.status === "delivered";
  const earned = isSold ? Math.floor((order.amountMinor - order.refundedMinor) / REFERRAL_DIVISOR) : 0;
  if (!order.isGranted && earned > 0) {
    await appendAndNotify(tx, order, { userId, kind: "referral", amount: earned, key: grantKey(orderId) });
  } else if (earned < order.granted) {
    await appendAndNotify(tx, order, {
      ...{ userId, kind: "referral_reversed", amount: earned - order.granted },
      // What is left only shrinks, so each size of it is come down to once.
      key: `${reversalKeyPrefix(orderId)}${earned}`,
    });
  }
}

const grantKey = (orderId: string) => `referral:${orderId}`;
const reversalKeyPrefix = (orderId: string) => `referral-reversed:${orderId}:`;

/** Whose ledger it is: theirs who got the bonus, or who referred the buyer. Never the buyer's own. */
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
SELECT bought.status, bought."amountMinor", bought."refundedMinor", bought.currency,
  coalesce(sum(entry.amount), 0)::int AS granted,
  coalesce(bool_or(entry.key = ${grantKey(orderId)}), false) AS "isGranted"
FROM "Order" bought LEFT JOIN "BonusEntry" entry ON entry."userId" = ${userId}::uuid
  AND (entry.key = ${grantKey(orderId)} OR starts_with(entry.key, ${reversalKeyPrefix(orderId)}))
WHERE bought.id = ${orderId}::uuid
GROUP BY bought.id`;
  return orderStateRowsSchema.parse(rows)[0];
}

/** The entry, and a word about it to its owner, in the same commit. */
async function appendAndNotify(tx: Transaction, order: { currency: string }, entry: NewEntry): Promise<void> {
  const { outcome } = await appendEntry(tx, entry);
  if (outcome !== "added") return;
  await enqueue(
    tx,
    "notifications",
    {
      userId: entry.userId,
      kind: entry.amount > 0 ? "bonus" : "bonus_reversed",
      data: { amountMinor: Math.abs(entry.amount), currency: order.currency },
    },
    { key: entry.key },
  );
}
