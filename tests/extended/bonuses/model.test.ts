import fc from "fast-check";
import { expect, it } from "vitest";
import { debitBonuses, getBonuses } from "@/lib/bonuses";
import { reconcileReferralBonus } from "@/lib/bonuses/referral-bonus";
import type { Caller } from "@/lib/core/access-token";
import { AppError } from "@/lib/core/errors";
import { db, transaction } from "@/lib/db";
import { redis } from "@/lib/redis";
import { lockOrder } from "@/lib/shop/lock-order";
import { returnBonuses, takeBonuses } from "@/lib/shop/order-bonuses";
import { grantBonuses, ledgerEntries, ledgerViolations } from "@/tests/support/factories/ledger-tools";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import { createPeople } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";

/**
 * Any order of grants, purchases by referred users, refunds, their tasks, spends, repeated keys, concurrent spends, and
 * orders that bonuses pay in part and that give them back, against a model that is a list of amounts.
 */

const KEYS = 5;
const RUNS = runs(15);

const amount = fc.integer({ min: 1, max: 300 });
const which = fc.nat(9);
const step = fc.oneof(
  fc.record({ do: fc.constant("grant" as const), amount }),
  fc.record({ do: fc.constant("buy" as const), amountMinor: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({ do: fc.constant("refund" as const), which, part: fc.constantFrom(1, 2, 3) }),
  fc.record({ do: fc.constant("reconcile" as const), which, times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("spend" as const), amount, key: fc.nat(KEYS - 1) }),
  fc.record({
    do: fc.constant("spendConcurrently" as const),
    amounts: fc.array(amount, { minLength: 2, maxLength: 4 }),
  }),
  fc.record({ do: fc.constant("order" as const), amount }),
  fc.record({ do: fc.constant("return" as const), which, times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("flushRedis" as const) }),
);

interface Purchase {
  id: string;
  amountMinor: number;
  refundedMinor: number;
  /** Null: nothing granted yet. */
  granted: number | null;
}

/** Inserts an order that bonuses pay in part, as the shop does. @returns its id; null when there are not as many */
async function orderWithBonuses(buyer: Caller, bonusAmount: number): Promise<string | null> {
  const id = await createTestOrder({ buyer, amountMinor: 4 * bonusAmount, status: "pending", paidAt: null });
  const isTaken = await transaction(async (tx) => {
    if (!(await takeBonuses(tx, { orderId: id, buyerId: buyer.userId, title: "An order", bonusAmount })))
      return false;
    await tx.order.update({ where: { id }, data: { bonusAmount, bonusMinor: bonusAmount } });
    return true;
  });
  return isTaken ? id : null;
}

const returnOrdersBonuses = (id: string) =>
  transaction(async (tx) => {
    const order = await lockOrder(tx, id);
    if (order) await returnBonuses(tx, order, "unpaid");
  });

/** The result of a spend: the balance after it, or the error. */
async function outcome(person: Caller, amount: number, key?: string): Promise<number | string> {
  try {
    return (await debitBonuses(person.userId, amount, { key })).balance;
  } catch (error) {
    if (error instanceof AppError) return error.messageKey;
    throw error;
  }
}

it("the ledger equals the model (property)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const [person, buyer] = await createPeople(2);
      await db().user.update({ where: { id: buyer.userId }, data: { referredById: person.userId } });
      const amounts: number[] = [];
      const balance = () => amounts.reduce((sum, each) => sum + each, 0);
      const spends = new Map<number, { amount: number; balance: number }>();
      const purchases: Purchase[] = [];
      /** `amount`: the bonuses that an order has. */
      const orders: { id: string; amount: number }[] = [];

      for (const current of steps) {
        if (current.do === "grant") {
          await grantBonuses(person, current.amount);
          amounts.push(current.amount);
        } else if (current.do === "buy") {
          const id = await createTestOrder({ buyer, amountMinor: current.amountMinor });
          purchases.push({ id, amountMinor: current.amountMinor, refundedMinor: 0, granted: null });
        } else if (current.do === "refund") {
          const purchase = purchases[current.which % Math.max(1, purchases.length)];
          if (!purchase) continue;
          purchase.refundedMinor += Math.ceil((purchase.amountMinor - purchase.refundedMinor) / current.part);
          await setRefunded(purchase.id, purchase.refundedMinor);
        } else if (current.do === "reconcile") {
          const purchase = purchases[current.which % Math.max(1, purchases.length)];
          if (!purchase) continue;
          await Promise.all(
            Array.from({ length: current.times }, () =>
              transaction((tx) => reconcileReferralBonus(tx, purchase.id)),
            ),
          );
          const due = Math.floor((purchase.amountMinor - purchase.refundedMinor) / 10);
          if (due === (purchase.granted ?? 0)) continue;
          amounts.push(due - (purchase.granted ?? 0));
          purchase.granted = due;
        } else if (current.do === "spend") {
          const before = spends.get(current.key);
          const answer = await outcome(person, current.amount, `key-${current.key}`);
          if (before) {
            expect(answer).toBe(before.amount === current.amount ? before.balance : "idempotency_key_reused");
          } else if (current.amount > balance()) {
            expect(answer).toBe("not_enough_bonuses");
          } else {
            amounts.push(-current.amount);
            expect(answer).toBe(balance());
            spends.set(current.key, { amount: current.amount, balance: balance() });
          }
        } else if (current.do === "spendConcurrently") {
          const responses = await Promise.all(current.amounts.map((each) => outcome(person, each)));
          // Postgres decides the order in which they were applied.
          const order = current.amounts
            .map((each, at) => ({ each, answer: responses[at] }))
            .sort((a, b) => Number(b.answer) - Number(a.answer) || 0);
          for (const { each, answer } of order) if (typeof answer === "number") amounts.push(-each);
          for (const { each, answer } of order) {
            if (answer === "not_enough_bonuses") expect(each).toBeGreaterThan(balance());
          }
        } else if (current.do === "order") {
          const id = await orderWithBonuses(person, current.amount);
          expect(id !== null).toBe(current.amount <= balance());
          if (id === null) continue;
          amounts.push(-current.amount);
          orders.push({ id, amount: current.amount });
        } else if (current.do === "return") {
          const order = orders[current.which % Math.max(1, orders.length)];
          if (!order) continue;
          await Promise.all(Array.from({ length: current.times }, () => returnOrdersBonuses(order.id)));
          if (order.amount > 0) amounts.push(order.amount);
          order.amount = 0;
        } else {
          await redis().flushdb();
        }
        expect((await getBonuses(person.userId)).balance).toBe(balance());
      }
      expect(await ledgerViolations(person)).toEqual([]);
      const rows = (await ledgerEntries(person)).map((entry) => entry.amount);
      expect([...rows].sort((a, b) => a - b)).toEqual([...amounts].sort((a, b) => a - b));
    }),
    { numRuns: RUNS },
  );
}, 120_000);
