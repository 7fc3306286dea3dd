import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { getPost, listPosts } from "@/lib/posts";
import { redis, redisService, resetRedisForTest } from "@/lib/redis";
import { getViewCounts, getViewSyncState, recordViews, syncNow, syncViews } from "@/lib/views";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { displayedCount, viewRow } from "@/tests/support/factories/view-tools";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Redis refusing, hanging and swallowing: all calls go through a fault proxy. */

const CALL_LIMIT_MS = 300;
const FIRST_CALL_LIMIT_MS = 600;
/** For Postgres and a busy test machine, on top of the limits. */
const ALLOWANCE_MS = 3_000;

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
process.env.REDIS_TIMEOUT_MS = String(CALL_LIMIT_MS);
process.env.REDIS_FIRST_CALL_TIMEOUT_MS = String(FIRST_CALL_LIMIT_MS);

let clockAhead = 0;
/** The time at which a test has stopped the clock. */
let stoppedAtMs: number | null = null;
let restoreClock = () => {};

/** Longer than the breaker ever stays open. */
const MAX_OPEN_MS = 10_000;

/** Node closes a connection after this idle time. */
const IDLE_MS = 5_000;

let author: Caller;
beforeAll(async () => {
  restoreClock = setClock({ now: () => (stoppedAtMs ?? Date.now()) + clockAhead });
  author = await createPerson("artist");
});
afterEach(async () => {
  stoppedAtMs = null;
  await proxy.set("pass");
  resetRedisForTest();
});
afterAll(async () => {
  restoreClock();
  await proxy.close();
});

/** Number of this process' calls that Redis did not answer. */
function unanswered(): number {
  return Object.values(redisService().metrics()).reduce((sum, { unavailable }) => sum + unavailable, 0);
}

/** Makes failing calls until the breaker is open. */
async function openBreaker(post: string): Promise<void> {
  const row = await viewRow(post);
  const called = async () => {
    const before = proxy.connections;
    await getViewCounts([row]);
    return proxy.connections > before;
  };
  await waitUntil("the breaker is open", async () => !(await called()));
}

/** Restores Redis and calls it until one succeeds: a cut connection or a probe in progress may fail some. */
async function restoreRedis(): Promise<void> {
  await proxy.set("pass");
  await waitUntil("Redis responds", () => {
    clockAhead += MAX_OPEN_MS;
    return redis()
      .ping()
      .then(
        () => true,
        () => false,
      );
  });
}

// The first test: later ones leave publishes that are retried in the background and would be counted.
it("an idle server, whose connections are always closed when it needs them, stops waiting too", async () => {
  const row = await viewRow(await createTestPost(author));
  await waitForDeferredWork();
  await getViewCounts([row]);
  await proxy.set("hang");
  // An open breaker probes after a second, which this test may exceed on a busy machine.
  stoppedAtMs = Date.now();
  const before = unanswered();
  // One failure that the breaker excuses, and three that it counts.
  for (let call = 1; call <= 4; call += 1) {
    clockAhead += IDLE_MS;
    await getViewCounts([row]);
    // The caller did not wait so long; the call itself runs to its limit.
    await waitUntil("the call has timed out", () => unanswered() === before + call);
  }
  const { connections } = proxy;
  await getViewCounts([row]);
  expect(proxy.connections).toBe(connections);
});

describe.each(["refuse", "hang"] as const)("with Redis down (%s)", (mode) => {
  it("a view is counted in Postgres, and feed and post open within the time limit", async () => {
    const post = await createTestPost(author, 7);
    const viewer = await createPerson();
    await proxy.set(mode);
    const startedAt = performance.now();
    expect(await recordViews(viewer.seq, [post])).toEqual([
      { postId: post, status: "counted", viewsCount: 8 },
    ]);
    expect((await getPost(post))?.viewsCount).toBe(8);
    expect((await listPosts({ limit: 50 })).items.find(({ id }) => id === post)?.viewsCount).toBe(8);
    expect(performance.now() - startedAt).toBeLessThan(
      FIRST_CALL_LIMIT_MS + 2 * CALL_LIMIT_MS + ALLOWANCE_MS,
    );

    expect(await recordViews(viewer.seq, [post])).toEqual([
      { postId: post, status: "repeated", viewsCount: 8 },
    ]);
    expect(await recordViews(author.seq, [post])).toEqual([{ postId: post, status: "own", viewsCount: 8 }]);
    expect(await persistedViews(post)).toEqual({ views: 8, rows: 1, base: 7 });
  });

  it("callers do not wait once the breaker is open", async () => {
    const post = await createTestPost(author);
    const row = await viewRow(post);
    await getViewCounts([row]);
    const withRedis = await perCall(100, () => getViewCounts([row]));
    await proxy.set(mode);
    await openBreaker(post);

    const open = await perCall(1_000, () => getViewCounts([row]));
    expect(open).toBeLessThan(1);
    expect(open / withRedis).toBeLessThan(0.5);
  });

  it("pending views are not lost and are synced when it is back", async () => {
    const post = await createTestPost(author);
    const [first, second] = await createPeople(2);
    await recordViews(first.seq, [post]);
    expect(await getViewSyncState()).toMatchObject({ available: true, pendingViews: 1 });

    await proxy.set(mode);
    await expect(syncNow("admin")).rejects.toMatchObject({ code: "unavailable" });
    expect(await getViewSyncState()).toMatchObject({ available: false });
    // The count does not decrease: this process has shown 1, which Postgres does not have.
    expect((await getPost(post))?.viewsCount).toBe(1);
    expect(await recordViews(second.seq, [post])).toMatchObject([{ status: "counted" }]);

    await restoreRedis();
    expect(await displayedCount(post)).toBe(2);
    expect(await recordViews(second.seq, [post])).toEqual([
      { postId: post, status: "repeated", viewsCount: 2 },
    ]);
    await syncViews({ source: "script" });
    expect(await persistedViews(post)).toEqual({ views: 2, rows: 2, base: 0 });
    expect(await displayedCount(post)).toBe(2);
  });
});

it("a view whose response is lost is counted once, although Redis and Postgres both have it", async () => {
  const post = await createTestPost(author);
  const viewer = await createPerson();
  await displayedCount(post);
  await proxy.set("swallow");
  expect(await recordViews(viewer.seq, [post])).toEqual([{ postId: post, status: "counted", viewsCount: 1 }]);

  await restoreRedis();
  // Redis has applied it; otherwise this test proves nothing.
  expect(await getViewSyncState()).toMatchObject({ pendingViews: 1 });
  expect(await displayedCount(post)).toBe(1);
  expect(await recordViews(viewer.seq, [post])).toEqual([
    { postId: post, status: "repeated", viewsCount: 1 },
  ]);
  await syncViews({ source: "script" });
  expect(await persistedViews(post)).toEqual({ views: 1, rows: 1, base: 0 });
  expect(await displayedCount(post)).toBe(1);
});

it("100 concurrent views without Redis are all counted with the work of one statement", async () => {
  const post = await createTestPost(author);
  const people = await createPeople(100);
  await proxy.set("refuse");
  const views = await Promise.all(people.map(({ seq }) => recordViews(seq, [post])));
  expect(views.flat().every(({ status }) => status === "counted")).toBe(true);
  expect(await persistedViews(post)).toEqual({ views: 100, rows: 100, base: 0 });
});

/** Milliseconds per call; the minimum of several rounds, since other processes use the machine. */
async function perCall(calls: number, call: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const startedAt = performance.now();
    for (let done = 0; done < calls / 5; done += 1) await call();
    least = Math.min(least, (performance.now() - startedAt) / (calls / 5));
  }
  return least;
}
