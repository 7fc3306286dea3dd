import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { getLeaderboard, rebuildLeaderboards } from "@/lib/leaderboards";
import { readCachedBoard } from "@/lib/leaderboards/board-store";
import { getSpan } from "@/lib/leaderboards/period";
import { syncRankedSale } from "@/lib/leaderboards/ranked-sale";
import { syncSellerSums } from "@/lib/leaderboards/sync-seller-sums";
import { RedisUnavailableError, redis } from "@/lib/redis";
import { periods } from "@/lib/schemas/period";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import { createPeople } from "@/tests/support/factories/people";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const WORKERS = 8;
const ORDERS_EACH = 40;

/** What happens to a task: it works, its process dies between its two halves, or it runs twice concurrently. */
const OUTCOMES = ["works", "works", "dies", "twice"] as const;

it(`the leaderboards equal a recount after sales, refunds, crashes, rebuilds and Redis flushes (SEED=${SEED})`, async () => {
  const random = seededRandom(SEED);
  const sellers = await createPeople(5, "artist");
  const currencies = ["XTS", "XXX"];
  /** Orders whose task QStash would deliver again. */
  const unfinished = new Set<string>();

  async function runTask(orderId: string): Promise<void> {
    unfinished.add(orderId);
    const outcome = pick(OUTCOMES, random);
    const sale = await syncRankedSale(orderId);
    if (outcome === "dies") return;
    await delay(random() * 5);
    if (sale)
      await Promise.all(Array.from({ length: outcome === "twice" ? 2 : 1 }, () => syncSellerSums(sale)));
    unfinished.delete(orderId);
  }

  async function work(): Promise<void> {
    for (let made = 0; made < ORDERS_EACH; made += 1) {
      const amountMinor = 1 + Math.floor(random() * 9_999);
      const daysAgo = pick([0, 0, 3, 20, 60], random);
      const orderId = await createTestOrder({
        seller: pick(sellers, random),
        amountMinor,
        currency: pick(currencies, random),
        paidAt: new Date(Date.now() - daysAgo * 86_400_000),
      });
      const refunded = pick([0, 0, 1, Math.ceil(amountMinor / 2), amountMinor], random);
      const sold = runTask(orderId);
      if (refunded > 0) {
        await setRefunded(orderId, refunded);
        await runTask(orderId);
      }
      await sold;
    }
  }

  const DISTURBANCES = [
    () => redis().flushdb(),
    // A rebuild may fail because too many sales come in between.
    () => rebuildLeaderboards().catch(() => {}),
    () => getLeaderboard(pick(periods, random), { currency: pick(currencies, random) }),
  ];
  let over = false;
  async function disturb(): Promise<void> {
    while (!over) {
      await delay(10 + random() * 20);
      await pick(DISTURBANCES, random)();
    }
  }

  const disturbing = [disturb(), disturb()];
  await Promise.all(Array.from({ length: WORKERS }, work));
  // Reading a board builds it; then every task that died is delivered again.
  for (const period of periods) await getLeaderboard(period);
  for (const orderId of unfinished) {
    const sale = await syncRankedSale(orderId);
    if (sale) await syncSellerSums(sale);
  }
  over = true;
  await Promise.all(disturbing);

  for (const period of periods) {
    for (const currency of currencies) {
      const expected = await recount(period, currency, sellers);
      expect(expected.length).toBeGreaterThan(0);
      await getLeaderboard(period);
      const stored = await readCachedBoard(
        getSpan(period, Date.now()),
        { currency, limit: 100, viewerId: null },
        "nobody's",
      );
      if (!stored.built) throw new Error(`Redis has no board of ${period}`);
      expect(stored.board.rows).toEqual(expected);
      expect((await getLeaderboard(period, { currency })).items).toMatchObject(expected);
    }
  }
});

it("sums that Redis missed during an outage are right once the tasks run again", async () => {
  const [seller] = await createPeople(1, "artist");
  const currency = "XBA";
  const orders: string[] = [];
  const sell = async (amountMinor: number) => {
    const orderId = await createTestOrder({ seller, amountMinor, currency });
    orders.push(orderId);
    const sale = await syncRankedSale(orderId);
    if (sale) await syncSellerSums(sale);
  };
  await sell(1);
  await getLeaderboard("week");
  const { send } = redis();
  redis().send = () => Promise.reject(new RedisUnavailableError("network"));
  try {
    for (const amountMinor of [10, 100, 1_000]) await expect(sell(amountMinor)).rejects.toThrow();
    expect((await getLeaderboard("week", { currency })).items).toMatchObject([
      { amountMinor: 1_111, sales: 4 },
    ]);
  } finally {
    redis().send = send;
  }
  for (const orderId of orders) {
    const sale = await syncRankedSale(orderId);
    if (sale) await syncSellerSums(sale);
  }
  expect((await getLeaderboard("week", { currency })).items).toMatchObject([
    { amountMinor: 1_111, sales: 4 },
  ]);
});

/** Sums the orders in a statement that shares no code with the leaderboards. */
async function recount(period: string, currency: string, sellers: readonly Caller[]) {
  const since = period === "all" ? new Date(0) : new Date(startOf(period));
  return db().$queryRaw`
SELECT "sellerId"::text AS "userId", sum("amountMinor" - "refundedMinor")::float8 AS "amountMinor", count(*)::float8 AS sales
FROM "Order" WHERE "sellerId" = ANY(${sellers.map(({ userId }) => userId)}::uuid[]) AND currency = ${currency}
  AND status IN ('paid', 'delivered') AND "amountMinor" > "refundedMinor" AND "paidAt" >= ${since}
GROUP BY "sellerId" ORDER BY 2 DESC, "sellerId" DESC` as Promise<unknown[]>;
}

function startOf(period: string): number {
  const at = new Date();
  const day = period === "month" ? 1 : at.getUTCDate() - ((at.getUTCDay() + 6) % 7);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), day);
}
