import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { addEntry } from "@/lib/bonuses/ledger";
import { reconcileReferralBonus } from "@/lib/bonuses/referral-bonus";
import type { Caller } from "@/lib/core/access-token";
import { db, transaction } from "@/lib/db";
import { keys, redisService } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { grantBonuses, ledgerEntries, ledgerViolations } from "@/tests/support/factories/ledger-tools";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { type Child, startChild, waitForMessage } from "@/tests/support/processes/children";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const PROCESSES = 4;
/** Together they try to spend 676 of 500, each spend sent twice: exactly 38 can be made. */
const SPENDS = 13;
const AMOUNT = 13;
const GRANTED = 500;
const MADE = Math.floor(GRANTED / AMOUNT);

/** No server listens on this port. */
const NO_REDIS = { UPSTASH_REDIS_REST_URL: "http://127.0.0.1:59999" };
const messageSchema = z.object({ made: z.number() });

let children: Child[] = [];
afterEach(() => {
  for (const child of children) child.process.kill("SIGKILL");
  children = [];
});

async function startSpenders(
  person: Caller,
  envOf: (process: number) => Record<string, string>,
): Promise<void> {
  children = Array.from({ length: PROCESSES }, (_, index) =>
    startChild(
      "spend-process.ts",
      [person.userId, `p${index}`, String(SPENDS), String(AMOUNT)],
      envOf(index),
    ),
  );
  await Promise.all(children.map((child) => waitForMessage(child)));
}

/** How many spends all processes made, after all have exited. */
async function madeByAll(): Promise<number> {
  const counts: number[] = [];
  for (const { process } of children)
    process.on("message", (message) => counts.push(messageSchema.parse(message).made));
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual(Array(PROCESSES).fill(0));
  expect(counts).toHaveLength(PROCESSES);
  return counts.reduce((sum, made) => sum + made, 0);
}

async function expectSpent(person: Caller, made: number): Promise<void> {
  expect(await ledgerViolations(person)).toEqual([]);
  const entries = await ledgerEntries(person);
  expect(entries.filter(({ kind }) => kind === "spent")).toHaveLength(made);
  expect(entries.at(-1)?.balance).toBe(GRANTED - made * AMOUNT);
}

describe("a user spends at several instances concurrently", () => {
  it("makes each spend once and never overspends", async () => {
    const person = await createPerson();
    await grantBonuses(person, GRANTED);
    await startSpenders(person, () => ({}));
    expect(await madeByAll()).toBe(MADE);
    await expectSpent(person, MADE);
  });

  it("never overspends while the lock is repeatedly deleted under its holder", async () => {
    const person = await createPerson();
    await grantBonuses(person, GRANTED);
    await startSpenders(person, () => ({}));
    let over = false;
    let deletedLocks = 0;
    const lockDeleter = (async () => {
      while (!over) deletedLocks += await redisService().del(keys.lock("user", `${person.userId}:spend`));
    })();
    expect(await madeByAll()).toBe(MADE);
    over = true;
    await lockDeleter;
    expect(deletedLocks).toBeGreaterThan(0);
    await expectSpent(person, MADE);
  });

  it("never overspends when half of the instances have no Redis and so no lock", async () => {
    const person = await createPerson();
    await grantBonuses(person, GRANTED);
    await startSpenders(person, (index) => (index % 2 === 0 ? {} : NO_REDIS));
    expect(await madeByAll()).toBe(MADE);
    await expectSpent(person, MADE);
  });

  it("makes each spend once when instances are killed and the spends are sent again", async () => {
    const person = await createPerson();
    await grantBonuses(person, GRANTED);
    await startSpenders(person, (index) => (index % 2 === 0 ? {} : NO_REDIS));
    await waitUntil("some were made", async () => (await ledgerEntries(person)).length > 10);
    for (const child of children) child.process.kill("SIGKILL");
    await Promise.all(children.map(({ ended }) => ended));
    expect(await ledgerViolations(person)).toEqual([]);
    // The killed processes' keys are sent again: made spends stay, and the rest is made now.
    await startSpenders(person, () => NO_REDIS);
    expect(await madeByAll()).toBe(MADE);
    await expectSpent(person, MADE);
  });
});

it("fifty concurrent appends without a Redis lock leave no gap in the ledger", async () => {
  const person = await createPerson();
  await grantBonuses(person, 100);
  const added = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      transaction((tx) =>
        addEntry(tx, {
          userId: person.userId,
          kind: "spent",
          amount: -3,
          key: `fifty:${person.userId}:${index}`,
        }),
      ),
    ),
  );
  expect(added.filter(({ outcome }) => outcome === "added")).toHaveLength(33);
  expect(added.filter(({ outcome }) => outcome === "insufficient")).toHaveLength(17);
  expect(await ledgerViolations(person)).toEqual([]);
});

it("bonuses granted and reversed in any order, repeated and concurrent, total a tenth of what buyers paid and kept", async () => {
  const random = seededRandom(Number(process.env.SEED ?? 20_261_121));
  const [referrer, ...buyers] = await createPeople(6);
  if (!referrer) throw new Error("no users were created");
  await db().user.updateMany({
    where: { id: { in: buyers.map(({ userId }) => userId) } },
    data: { referredById: referrer.userId },
  });
  const orders: { id: string; due: number }[] = [];
  const work: (() => Promise<unknown>)[] = [];
  for (let made = 0; made < 40; made += 1) {
    const amountMinor = 1 + Math.floor(random() * 5_000);
    const id = await createTestOrder({ buyer: pick(buyers, random), amountMinor });
    const reconcile = () => transaction((tx) => reconcileReferralBonus(tx, id));
    const refunded = pick([0, 0, Math.floor(amountMinor / 3), amountMinor], random);
    work.push(reconcile, reconcile);
    if (refunded > 0) {
      work.push(async () => {
        await setRefunded(id, refunded);
        await Promise.all([reconcile(), reconcile()]);
      });
    }
    orders.push({ id, due: refunded === amountMinor ? 0 : Math.floor((amountMinor - refunded) / 10) });
  }
  work.sort(() => random() - 0.5);
  await Promise.all(work.map((step) => step()));

  expect(await ledgerViolations(referrer)).toEqual([]);
  const entries = await ledgerEntries(referrer);
  for (const { id, due } of orders) {
    const about = entries.filter(({ key }) => key.includes(id));
    expect(about.reduce((sum, { amount }) => sum + amount, 0)).toBe(due);
    expect(about.filter(({ kind }) => kind === "referral").length).toBeLessThanOrEqual(1);
  }
});
