import { describe, expect, it } from "vitest";
import { GET as getBonuses } from "@/app/api/bonuses/route";
import { POST as postSpend } from "@/app/api/bonuses/spend/route";
import { reconcileReferralBonus } from "@/lib/bonuses/referral-bonus";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { acquireLock, releaseLock } from "@/lib/redis";
import { changeAccount } from "@/lib/sessions";
import { call } from "@/tests/support/clients/call";
import { grantBonuses, ledgerEntries, ledgerViolations } from "@/tests/support/factories/ledger-tools";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import { createPeople, createPerson } from "@/tests/support/factories/people";

const spend = (as: Caller, body: unknown, headers: Record<string, string> = {}) =>
  call(postSpend, { as, body, headers: { "accept-language": "en", ...headers } });

describe("GET /api/bonuses", () => {
  it("returns an empty balance and a referral link at first", async () => {
    const person = await createPerson();
    await createPeople(2);
    await db().user.updateMany({
      where: { id: { in: (await createPeople(3)).map(({ userId }) => userId) } },
      data: { referredById: person.userId },
    });
    const { status, body } = await call(getBonuses, { as: person });
    expect(status).toBe(200);
    expect(body).toEqual({
      balance: 0,
      entries: { items: [], nextCursor: null },
      referral: {
        code: person.userId,
        link: `${process.env.APP_URL}/r/${person.userId}`,
        joined: 3,
        earned: 0,
      },
    });
  });

  it("pages through the ledger, newest first, without a gap or a repeat", async () => {
    const person = await createPerson();
    for (let amount = 1; amount <= 7; amount += 1) await grantBonuses(person, amount);
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `?limit=3${cursor ? `&cursor=${cursor}` : ""}`;
      const { body } = await call(getBonuses, { as: person, query });
      expect(body.balance).toBe(28);
      for (const { amount } of body.entries.items) seen.push(amount);
      // New entries belong on an earlier page.
      cursor = body.entries.nextCursor;
    } while (cursor);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it("rejects anonymous callers, deleted accounts and invalid cursors", async () => {
    expect((await call(getBonuses)).status).toBe(401);
    const gone = await createPerson();
    expect((await call(getBonuses, { as: gone })).status).toBe(200);
    await changeAccount(gone.userId, (tx) => tx.user.delete({ where: { id: gone.userId } }), {
      revoke: "all",
    });
    expect((await call(getBonuses, { as: gone })).status).toBe(401);
    expect((await spend(gone, { amount: 1 })).status).toBe(401);
    const person = await createPerson();
    for (const query of ["?cursor=x", "?cursor=0", "?cursor=99999999999", "?limit=51", "?limit=0"])
      expect((await call(getBonuses, { as: person, query })).status).toBe(400);
  });
});

describe("POST /api/bonuses/spend", () => {
  it("debits the balance, and never overdraws it", async () => {
    const person = await createPerson();
    await grantBonuses(person, 500);
    const first = await spend(person, { amount: 120, note: "  Studio hour " });
    expect(first).toMatchObject({
      status: 200,
      body: {
        balance: 380,
        entry: { seq: 2, kind: "spent", amount: -120, balance: 380, note: "Studio hour" },
      },
    });
    const tooMuch = await spend(person, { amount: 381 });
    expect(tooMuch).toMatchObject({
      status: 409,
      body: { error: { code: "conflict", message: "There are not that many bonuses" } },
    });
    expect((await spend(person, { amount: 380 })).body.balance).toBe(0);
    expect((await spend(person, { amount: 1 })).status).toBe(409);
    expect(await ledgerViolations(person)).toEqual([]);
    expect(await ledgerEntries(person)).toHaveLength(3);
  });

  it("is applied once per key and repeats its response, also when nothing is left", async () => {
    const person = await createPerson();
    await grantBonuses(person, 100);
    const key = newId();
    const first = await spend(person, { amount: 60, key });
    await grantBonuses(person, 85);
    // The balance suffices for another one,
    expect((await spend(person, { amount: 60, key })).body).toEqual(first.body);
    await spend(person, { amount: 125 });
    // and now it does not.
    for (const again of [
      await spend(person, { amount: 60, key }),
      await spend(person, { amount: 60 }, { "idempotency-key": key }),
    ]) {
      expect(again.status).toBe(200);
      expect(again.body).toEqual(first.body);
    }
    // The same key for another request is a client's mistake; keys are per user.
    expect(await spend(person, { amount: 61, key })).toMatchObject({
      status: 409,
      body: { error: { message: "This key was used for another request" } },
    });
    const other = await createPerson();
    await grantBonuses(other, 100);
    expect((await spend(other, { amount: 60, key })).body.balance).toBe(40);
    expect(await ledgerEntries(person)).toHaveLength(4);
    expect(await ledgerViolations(person)).toEqual([]);
  });

  it("gets 409 with Retry-After during another spend, and writes nothing", async () => {
    const person = await createPerson();
    await grantBonuses(person, 100);
    const attempt = await acquireLock("user", `${person.userId}:spend`);
    if (!attempt.acquired) throw new Error("the lock is taken");
    const response = await spend(person, { amount: 10 });
    expect(response).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    await releaseLock(attempt.lock);
    expect((await spend(person, { amount: 10 })).status).toBe(200);
  });

  it("rejects an invalid spend with its field, and writes nothing", async () => {
    const person = await createPerson();
    await grantBonuses(person, 100);
    for (const [body, path] of [
      [{ amount: 0 }, "amount"],
      [{ amount: -5 }, "amount"],
      [{ amount: 1.5 }, "amount"],
      [{ amount: "5" }, "amount"],
      [{ amount: 100_000_001 }, "amount"],
      [{}, "amount"],
      [{ amount: 5, note: "x".repeat(141) }, "note"],
      [{ amount: 5, note: "\0" }, "note"],
      [{ amount: 5, key: "" }, "key"],
      [{ amount: 5, key: "k".repeat(101) }, "key"],
    ] as const) {
      const response = await spend(person, body);
      expect(response.status).toBe(400);
      expect(response.body.error.details[0].path).toBe(path);
    }
    expect((await spend(person, { amount: 5 }, { "idempotency-key": "k".repeat(101) })).status).toBe(400);
    expect(await ledgerEntries(person)).toHaveLength(1);
  });
});

describe("a referral bonus", () => {
  const reconcile = (orderId: string) => transaction((tx) => reconcileReferralBonus(tx, orderId));

  async function referred(): Promise<{ referrer: Caller; buyer: Caller }> {
    const [referrer, buyer] = await createPeople(2);
    await db().user.update({ where: { id: buyer.userId }, data: { referredById: referrer.userId } });
    return { referrer, buyer };
  }

  const amounts = async (person: Caller) =>
    (await ledgerEntries(person)).map(({ kind, amount }) => [kind, amount]);

  it("is a tenth of the price, rounded down, once per order, and the referrer is notified", async () => {
    const { referrer, buyer } = await referred();
    const orderId = await createTestOrder({ buyer, amountMinor: 1_299, status: "paid" });
    await Promise.all([reconcile(orderId), reconcile(orderId), reconcile(orderId)]);
    await reconcile(orderId);
    expect(await amounts(referrer)).toEqual([["referral", 129]]);
    expect(await ledgerEntries(referrer)).toMatchObject([
      { key: `referral:${orderId}`, seq: 1, balance: 129 },
    ]);
    expect(
      await db().task.findMany({ where: { queue: "notifications", key: { contains: orderId } } }),
    ).toMatchObject([
      {
        payload: { userId: referrer.userId, kind: "bonus", data: { amountMinor: 129, currency: "RUB" } },
      },
    ]);
    const { body } = await call(getBonuses, { as: referrer });
    expect(body.referral).toMatchObject({ joined: 1, earned: 129 });
  });

  it("is not granted for an order that is unpaid, failed, already refunded, too small, or of a buyer without a referrer", async () => {
    const { referrer, buyer } = await referred();
    const stranger = await createPerson();
    const refunded = await createTestOrder({ buyer, amountMinor: 1_000 });
    await setRefunded(refunded, 1_000);
    for (const orderId of [
      await createTestOrder({ buyer, amountMinor: 1_000, status: "pending", paidAt: null }),
      await createTestOrder({ buyer, amountMinor: 1_000, status: "failed", paidAt: null }),
      await createTestOrder({ buyer, amountMinor: 9 }),
      await createTestOrder({ buyer: stranger, amountMinor: 1_000 }),
      refunded,
      newId(),
    ])
      await reconcile(orderId);
    expect(await amounts(referrer)).toEqual([]);
  });

  it("is never granted to the buyer", async () => {
    const buyer = await createPerson();
    await db().user.update({ where: { id: buyer.userId }, data: { referredById: buyer.userId } });
    await reconcile(await createTestOrder({ buyer, amountMinor: 1_000 }));
    expect(await amounts(buyer)).toEqual([]);
  });

  it("is reversed with refunds, never by more than was granted, also below zero", async () => {
    const { referrer, buyer } = await referred();
    const orderId = await createTestOrder({ buyer, amountMinor: 1_299 });
    await reconcile(orderId);
    await spend(referrer, { amount: 100 });
    await setRefunded(orderId, 650);
    await reconcile(orderId);
    await reconcile(orderId);
    await setRefunded(orderId, 1_299);
    // The buyer may be deleted by then; the bonus entry still has its owner.
    await db().user.delete({ where: { id: buyer.userId } });
    await Promise.all([reconcile(orderId), reconcile(orderId)]);
    expect(await amounts(referrer)).toEqual([
      ["referral", 129],
      ["spent", -100],
      ["referral_reversed", -65],
      ["referral_reversed", -64],
    ]);
    expect((await call(getBonuses, { as: referrer })).body).toMatchObject({
      balance: -100,
      referral: { earned: 0 },
    });
    expect(await ledgerViolations(referrer)).toEqual([]);
    expect((await spend(referrer, { amount: 1 })).status).toBe(409);
  });

  it("of an order with an earlier partial refund is a tenth of the rest", async () => {
    const { referrer, buyer } = await referred();
    const orderId = await createTestOrder({ buyer, amountMinor: 1_299 });
    await setRefunded(orderId, 650);
    await reconcile(orderId);
    expect(await amounts(referrer)).toEqual([["referral", 64]]);
  });

  it("is not granted to a deleted referrer", async () => {
    const { referrer, buyer } = await referred();
    const orderId = await createTestOrder({ buyer, amountMinor: 1_000 });
    await reconcile(orderId);
    await db().user.delete({ where: { id: referrer.userId } });
    await setRefunded(orderId, 1_000);
    await reconcile(orderId);
    expect(await db().bonusEntry.count({ where: { key: { contains: orderId } } })).toBe(0);
  });
});
