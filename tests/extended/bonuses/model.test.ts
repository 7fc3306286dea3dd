import fc from "fast-check";
import { expect, it } from "vitest";
import { debitBonuses, getBonuses } from "@/lib/bonuses";
import { reconcileReferralBonus } from "@/lib/bonuses/referral-bonus";
import type { Caller } from "@/lib/core/access-token";
import { AppError } from "@/lib/core/errors";
import { db, transaction } from "@/lib/db";
import { redis } from "@/lib/redis";
import { grantBonuses, ledgerEntries, ledgerViolations } from "@/tests/support/factories/ledger-tools";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import { createPeople } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";

/**
 * Any order of grants, purchases by those one referred, refunds, tasks about them, spends, repeated keys and spends
 * at the same time, against a model that is a list of amounts.
 */

const KEYS = 5;
const RUNS = runs(15);

const amount = fc.integer({ min: 1, max: 300 });
const which = fc.nat(9);
const step = fc.oneof(
  fc.record({ do: fc.constant("grant" as const), amount }),
  fc.record({ do: fc.constant("buy" as const), amountMinor: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({ do: fc.constant("refund" as const), which, part: fc.constantFrom(1, 2, 3) }),
  fc.record({ do: fc.constant("settle" as const), which, times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("spend" as const), amount, key: fc.nat(KEYS - 1) }),
  fc.record({
    do: fc.constant("spendAtOnce" as const),
    amounts: fc.array(amount, { minLength: 2, maxLength: 4 }),
  }),
  fc.record({ do: fc.constant("emptyRedis" as const) }),
);

interface Purchase {
  id: string;
  amountMinor: number;
  refundedMinor: number;
  /** Null: nothing was granted yet. */
  granted: number | null;
}

/** What came of a spend: the balance after it, or why it was not made. */
async function outcome(person: Caller, amount: number, key?: string): Promise<number | string> {
  try {
    return (await debitBonuses(person.userId, amount, { key })).balance;
  } catch (error) {
    if (error instanceof AppError) return error.messageKey;
    throw error;
  }
}

it("the ledger is what the model says (property)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const [person, buyer] = await createPeople(2);
      if (!person || !buyer) throw new Error("nobody was created");
      await db().user.update({ where: { id: buyer.userId }, data: { referredById: person.userId } });
      const amounts: number[] = [];
      const balance = () => amounts.reduce((sum, each) => sum + each, 0);
      const made = new Map<number, { amount: number; balance: number }>();
      const purchases: Purchase[] = [];

      for (const now of steps) {
        if (now.do === "grant") {
          await grantBonuses(person, now.amount);
          amounts.push(now.amount);
        } else if (now.do === "buy") {
          const id = await createTestOrder({ buyer, amountMinor: now.amountMinor });
          purchases.push({ id, amountMinor: now.amountMinor, refundedMinor: 0, granted: null });
        } else if (now.do === "refund") {
          const purchase = purchases[now.which % Math.max(1, purchases.length)];
          if (!purchase) continue;
          purchase.refundedMinor += Math.ceil((purchase.amountMinor - purchase.refundedMinor) / now.part);
          await setRefunded(purchase.id, purchase.refundedMinor);
        } else if (now.do === "settle") {
          const purchase = purchases[now.which % Math.max(1, purchases.length)];
          if (!purchase) continue;
          await Promise.all(
            Array.from({ length: now.times }, () =>
              transaction((tx) => reconcileReferralBonus(tx, purchase.id)),
            ),
          );
          const due = Math.floor((purchase.amountMinor - purchase.refundedMinor) / 10);
          if (due === (purchase.granted ?? 0)) continue;
          amounts.push(due - (purchase.granted ?? 0));
          purchase.granted = due;
        } else if (now.do === "spend") {
          const before = made.get(now.key);
          const answer = await outcome(person, now.amount, `key-${now.key}`);
          if (before) {
            expect(answer).toBe(before.amount === now.amount ? before.balance : "idempotency_key_reused");
          } else if (now.amount > balance()) {
            expect(answer).toBe("not_enough_bonuses");
          } else {
            amounts.push(-now.amount);
            expect(answer).toBe(balance());
            made.set(now.key, { amount: now.amount, balance: balance() });
          }
        } else if (now.do === "spendAtOnce") {
          const answers = await Promise.all(now.amounts.map((each) => outcome(person, each)));
          // In which order they came is what Postgres says.
          const order = now.amounts
            .map((each, at) => ({ each, answer: answers[at] }))
            .sort((a, b) => Number(b.answer) - Number(a.answer) || 0);
          for (const { each, answer } of order) if (typeof answer === "number") amounts.push(-each);
          for (const { each, answer } of order) {
            if (answer === "not_enough_bonuses") expect(each).toBeGreaterThan(balance());
          }
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
