import { afterEach, describe, expect, it, vi } from "vitest";
import { GET as getBoard } from "@/app/api/leaderboards/[period]/route";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { db } from "@/lib/db";
import { getLeaderboard, rebuildLeaderboards } from "@/lib/leaderboards";
import { toBoard } from "@/lib/leaderboards/board";
import { readCachedBoard, seizeLease, storeBoards } from "@/lib/leaderboards/board-store";
import { getSpan } from "@/lib/leaderboards/period";
import { syncRankedSale } from "@/lib/leaderboards/ranked-sale";
import { loadBoards } from "@/lib/leaderboards/sums";
import { syncSellerSums } from "@/lib/leaderboards/sync-seller-sums";
import { keys, RedisUnavailableError, redis, redisService } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import { createPeople, createPerson } from "@/tests/support/factories/people";

afterEach(() => vi.restoreAllMocks());

/** A currency that no other test uses: all sellers in a currency share its leaderboards. */
let currencies = 0;
function newCurrency(): string {
  currencies += 1;
  return `Q${String.fromCharCode(65 + Math.floor(currencies / 26), 65 + (currencies % 26))}`;
}

/** Does what the task does. */
async function syncSale(orderId: string): Promise<void> {
  const sale = await syncRankedSale(orderId);
  if (sale) await syncSellerSums(sale);
}

async function sell(
  seller: Caller,
  amountMinor: number,
  currency: string,
  paidAt = new Date(),
): Promise<string> {
  const orderId = await createTestOrder({ seller, amountMinor, currency, paidAt });
  await syncSale(orderId);
  return orderId;
}

async function sums(period: "week" | "month" | "all", currency: string) {
  const { items } = await getLeaderboard(period, { currency });
  return items.map(({ userId, rank, amountMinor, sales }) => [userId, rank, amountMinor, sales]);
}

describe("spans", () => {
  it.each([
    ["2026-11-21T05:00:00Z", "2026-W47", "2026-11-16", "2026-11-23"],
    ["2027-01-03T23:59:59.999Z", "2026-W53", "2026-12-28", "2027-01-04"],
    ["2027-01-04T00:00:00Z", "2027-W01", "2027-01-04", "2027-01-11"],
    ["2024-12-30T12:00:00Z", "2025-W01", "2024-12-30", "2025-01-06"],
    ["2023-01-01T12:00:00Z", "2022-W52", "2022-12-26", "2023-01-02"],
  ])("%s is in the week %s", (at, bucket, from, to) => {
    expect(getSpan("week", Date.parse(at))).toEqual({
      period: "week",
      bucket,
      from: new Date(`${from}T00:00:00Z`),
      to: new Date(`${to}T00:00:00Z`),
    });
  });

  it("a month ends with the year", () => {
    expect(getSpan("month", Date.parse("2026-12-31T23:59:59Z"))).toEqual({
      period: "month",
      bucket: "2026-12",
      from: new Date("2026-12-01T00:00:00Z"),
      to: new Date("2027-01-01T00:00:00Z"),
    });
  });
});

describe("GET /api/leaderboards/{period}", () => {
  it("ranks creators by sales, equal sums alike, and returns the caller's own rank", async () => {
    const currency = newCurrency();
    const [first, second, alike, last] = await createPeople(4, "artist");
    await sell(last, 100, currency);
    await sell(second, 500, currency);
    await sell(alike, 500, currency);
    await sell(first, 600, currency);
    await sell(first, 50, currency);
    const { status, body } = await call(getBoard, {
      as: last,
      params: { period: "week" },
      query: `?currency=${currency.toLowerCase()}`,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ period: "week", currency, own: { rank: 4, amountMinor: 100, sales: 1 } });
    expect(body.currencies).toContain(currency);
    expect(body.items).toHaveLength(4);
    const { handle } = await db().user.findUniqueOrThrow({ where: { id: first.userId } });
    expect(body.items[0]).toEqual({
      rank: 1,
      userId: first.userId,
      handle,
      name: first.name,
      amountMinor: 650,
      sales: 2,
    });
    expect(body.items.map(({ rank }: { rank: number }) => rank)).toEqual([1, 2, 2, 4]);
    const { body: top } = await call(getBoard, {
      params: { period: "all" },
      query: `?currency=${currency}&limit=1`,
    });
    expect(top.items).toHaveLength(1);
    expect(top).toMatchObject({ from: null, to: null, own: null });
  });

  it("returns an empty leaderboard, and rejects an invalid period, currency or limit", async () => {
    const person = await createPerson();
    const query = "?currency=zzz";
    expect(await call(getBoard, { as: person, params: { period: "month" }, query })).toMatchObject({
      status: 200,
      body: { currency: "ZZZ", items: [], own: null },
    });
    expect((await call(getBoard, { params: { period: "year" } })).status).toBe(400);
    for (const wrong of ["?currency=rubles", "?currency=", "?limit=0", "?limit=101"])
      expect((await call(getBoard, { params: { period: "week" }, query: wrong })).status).toBe(400);
  });

  it("omits an erased account and moves the others up", async () => {
    const currency = newCurrency();
    const [gone, stays] = await createPeople(2);
    await sell(gone, 900, currency);
    await sell(stays, 100, currency);
    expect(await sums("week", currency)).toHaveLength(2);
    await db().user.delete({ where: { id: gone.userId } });
    const board = await getLeaderboard("week", { currency }, stays.userId);
    expect(board).toMatchObject({
      items: [{ userId: stays.userId, rank: 1 }],
      own: { rank: 1, amountMinor: 100 },
    });
  });
});

describe("a sale", () => {
  it("counts once, minus refunds, and not at all after a full refund", async () => {
    const currency = newCurrency();
    const seller = await createPerson("artist");
    const { userId } = seller;
    await getLeaderboard("all");
    const orderId = await sell(seller, 1_000, currency);
    await Promise.all([syncSale(orderId), syncSale(orderId), syncSale(orderId)]);
    expect(await sums("all", currency)).toEqual([[userId, 1, 1_000, 1]]);
    await setRefunded(orderId, 400);
    await Promise.all([syncSale(orderId), syncSale(orderId)]);
    expect(await sums("all", currency)).toEqual([[userId, 1, 600, 1]]);
    expect(await sums("week", currency)).toEqual([[userId, 1, 600, 1]]);
    await setRefunded(orderId, 1_000);
    await syncSale(orderId);
    expect(await sums("all", currency)).toEqual([]);
    expect(await db().rankedSale.count({ where: { orderId } })).toBe(0);
    await sell(seller, 5, currency);
    expect(await sums("all", currency)).toEqual([[userId, 1, 5, 1]]);
  });

  it("that is pending, failed, already refunded or without a seller does not count", async () => {
    const currency = newCurrency();
    const seller = await createPerson();
    const refunded = await createTestOrder({ seller, amountMinor: 10, currency });
    await setRefunded(refunded, 10);
    for (const orderId of [
      await createTestOrder({ seller, amountMinor: 10, currency, status: "pending", paidAt: null }),
      await createTestOrder({ seller, amountMinor: 10, currency, status: "failed", paidAt: null }),
      await createTestOrder({ amountMinor: 10, currency }),
      refunded,
      seller.userId,
    ])
      await syncSale(orderId);
    expect(await sums("all", currency)).toEqual([]);
  });

  it("belongs to the week and month of its payment", async () => {
    const currency = newCurrency();
    const seller = await createPerson();
    const restore = setClock({ now: () => Date.parse("2031-03-05T12:00:00Z") });
    try {
      await sell(seller, 1, currency, new Date("2031-03-03T00:00:00Z"));
      await sell(seller, 10, currency, new Date("2031-03-02T23:59:59.999Z"));
      await sell(seller, 100, currency, new Date("2031-02-28T23:59:59.999Z"));
      await sell(seller, 1_000, currency, new Date("2031-03-10T00:00:00Z"));
      expect(await sums("week", currency)).toEqual([[seller.userId, 1, 1, 1]]);
      expect(await sums("month", currency)).toEqual([[seller.userId, 1, 1_011, 3]]);
      expect(await sums("all", currency)).toEqual([[seller.userId, 1, 1_111, 4]]);
    } finally {
      restore();
    }
  });
});

describe("Redis", () => {
  const week = () => getSpan("week", Date.now());
  const boardQuery = (currency: string, viewerId: string | null = null) => ({
    currency,
    limit: 50,
    viewerId,
  });

  it("has the same leaderboard as Postgres", async () => {
    const currency = newCurrency();
    const sellers = await createPeople(6);
    for (const [index, seller] of sellers.entries()) await sell(seller, 100 + (index % 3), currency);
    await getLeaderboard("week");
    const loaded = await loadBoards(week());
    for (const viewerId of [null, ...sellers.map(({ userId }) => userId)]) {
      const stored = await readCachedBoard(week(), boardQuery(currency, viewerId), "nobody's");
      expect(stored).toMatchObject({ built: true });
      const expected = toBoard(loaded, boardQuery(currency, viewerId));
      if (stored.built) {
        expect(stored.board.rows).toEqual(expected.rows);
        expect(stored.board.own).toEqual(expected.own);
      }
    }
  });

  it("is refilled after a flush: the next reader gets the complete board, and the one after reads Redis", async () => {
    const currency = newCurrency();
    const [one, two] = await createPeople(2);
    await sell(one, 10, currency);
    await sell(two, 20, currency);
    await getLeaderboard("week");
    await redis().flushdb();
    // A single sum written to a flushed Redis must not look like a complete board.
    await sell(one, 15, currency);
    expect(await redisService().exists(keys.leaderboards("week", week().bucket))).toBe(0);
    const expected = [
      [one.userId, 1, 25, 2],
      [two.userId, 2, 20, 1],
    ];
    expect(await sums("week", currency)).toEqual(expected);
    expect(await readCachedBoard(week(), boardQuery(currency), "x")).toMatchObject({ built: true });
    expect(await sums("week", currency)).toEqual(expected);
    expect(await redisService().ttl(keys.leaderboard("week", week().bucket, currency))).toBeGreaterThan(0);
  });

  it("is refilled after only a board or its counts were evicted, also when a sale comes first", async () => {
    const currency = newCurrency();
    const [one, two] = await createPeople(2);
    await sell(one, 10, currency);
    await sell(two, 20, currency);
    const board = keys.leaderboard("week", week().bucket, currency);
    for (const key of [board, keys.leaderboardSales("week", week().bucket, currency)]) {
      await getLeaderboard("week");
      await redisService().del(key);
      expect(await sums("week", currency)).toHaveLength(2);
      await redisService().del(key);
      await sell(one, 1, currency);
      expect(await sums("week", currency)).toHaveLength(2);
    }
  });

  it("can be down: the board comes from Postgres, and a sale's task is retried until Redis has it", async () => {
    const currency = newCurrency();
    const seller = await createPerson();
    await sell(seller, 10, currency);
    await getLeaderboard("week");
    const orderId = await createTestOrder({ seller, amountMinor: 5, currency });
    const down = vi.spyOn(redis(), "send").mockRejectedValue(new RedisUnavailableError("network"));
    await expect(syncSale(orderId)).rejects.toThrow(RedisUnavailableError);
    expect(await sums("week", currency)).toEqual([[seller.userId, 1, 15, 2]]);
    await expect(rebuildLeaderboards()).rejects.toThrow(RedisUnavailableError);
    down.mockRestore();
    await syncSale(orderId);
    expect(await sums("week", currency)).toEqual([[seller.userId, 1, 15, 2]]);
  });

  it("keeps a sale that came after a rebuild read Postgres", async () => {
    const currency = newCurrency();
    const seller = await createPerson();
    await sell(seller, 10, currency);
    await seizeLease(week(), "slow");
    const old = await loadBoards(week());
    await sell(seller, 20, currency);
    expect(await storeBoards(week(), old, "slow")).toBe(false);
    expect(await sums("week", currency)).toEqual([[seller.userId, 1, 30, 2]]);
    // The same when Redis was flushed meanwhile.
    await seizeLease(week(), "slower");
    await redis().flushdb();
    expect(await storeBoards(week(), old, "slower")).toBe(false);
  });

  it("has an older sum that was written last corrected by its writer", async () => {
    const currency = newCurrency();
    const seller = await createPerson();
    const first = await sell(seller, 10, currency);
    await getLeaderboard("week");
    const sale = await syncRankedSale(first);
    if (!sale) throw new Error("no sale");
    const send = redis().send.bind(redis());
    let overtaken = false;
    vi.spyOn(redis(), "send").mockImplementation(async (command) => {
      // Another process syncs another sale between the slow one's read and its write.
      if (!overtaken) {
        overtaken = true;
        await sell(seller, 90, currency);
      }
      return send(command);
    });
    await syncSellerSums(sale);
    vi.restoreAllMocks();
    expect(await sums("week", currency)).toEqual([[seller.userId, 1, 100, 2]]);
  });

  it("is rebuilt by the command, whatever it had", async () => {
    const currency = newCurrency();
    const seller = await createPerson();
    await sell(seller, 10, currency);
    await getLeaderboard("all");
    await redis().zadd(keys.leaderboard("all", "all", currency), { score: 1e9, member: seller.userId });
    const done = await rebuildLeaderboards();
    expect(done.map(({ period }) => period)).toEqual(["week", "month", "all"]);
    expect(done[2]?.rows).toBeGreaterThan(0);
    expect(await sums("all", currency)).toEqual([[seller.userId, 1, 10, 1]]);
  });
});
