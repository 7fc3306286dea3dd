import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { cacheManager } from "@/lib/cache";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { disconnectDb } from "@/lib/db";
import { getPost, listPosts } from "@/lib/posts";
import { postTags } from "@/lib/posts/read-posts";
import { keys, redis } from "@/lib/redis";
import { recordViews } from "@/lib/views";
import {
  createLongPost,
  expectPagesWithoutPostgres,
  PAST_TRUST_LEASE_MS,
} from "@/tests/support/clients/expect-pages-without-postgres";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Feed and post pages through the cache: HTTP calls are counted at the gateway, statements on the wire to Postgres. */

const meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
const proxy = await startFaultProxy({ host: "127.0.0.1", port: Number(new URL(meter.url).port) });
const throughProxy = new URL(meter.url);
throughProxy.port = String(proxy.port);
process.env.DATABASE_URL = throughProxy.toString();
/** Time (ms) that a page waits for Postgres to report pending invalidations; the wait for a connection is 3 s. */
process.env.REDIS_TIMEOUT_MS = "1000";

let author: Caller;
let aheadMs = 0;
let restoreClock = () => {};
beforeAll(async () => {
  // The clock is frozen: on a busy machine a second may pass between two lines.
  const startedAt = Date.now();
  restoreClock = setClock({ now: () => startedAt + aheadMs });
  author = await createPerson("artist");
});
afterEach(async () => {
  // Otherwise the next statement would use a connection that is cut.
  await disconnectDb();
  await proxy.set("pass");
});
afterAll(async () => {
  restoreClock();
  await disconnectDb();
  await proxy.close();
  await meter.close();
});

async function cost(work: () => Promise<unknown>) {
  // On a busy machine earlier deferred work may still run.
  await waitForDeferredWork();
  currentGateway().stats.reset();
  meter.reset();
  await work();
  const { httpRequests } = currentGateway().stats.snapshot();
  return { httpCalls: httpRequests, statements: meter.statements };
}

it("an unchanged page costs no SQL, and from memory only the call for its counts", async () => {
  const { id } = await createLongPost(author, "Unchanged");
  for (const read of [() => listPosts(), () => getPost(id)]) {
    await read();
    // On a busy machine one of them may fall into another call of the process, such as a check of the trust lease.
    const costs = [await cost(read), await cost(read)];
    expect(costs).toContainEqual({ httpCalls: 1, statements: 0 });
    expect(costs.map(({ statements }) => statements)).toEqual([0, 0]);
    aheadMs += PAST_TRUST_LEASE_MS;
    expect(await cost(read)).toEqual({ httpCalls: 2, statements: 0 });
  }
  // A missing post costs no SQL either, and no call for counts.
  const missingId = crypto.randomUUID();
  expect(await getPost(missingId)).toBeNull();
  expect(await cost(() => getPost(missingId))).toEqual({ httpCalls: 0, statements: 0 });
});

it("a new post is in the feed immediately, a changed one on its page and in the feed", async () => {
  await createLongPost(author, "Before");
  await listPosts();
  const { id } = await createLongPost(author, "New");
  expect((await listPosts()).items.map(({ title }) => title).slice(0, 2)).toEqual(["New", "Before"]);
  expect((await getPost(id))?.title).toBe("New");
  await cacheManager.withInvalidation(postTags(id), (tx) =>
    tx.post.update({ where: { id }, data: { title: "Changed" }, select: { id: true } }),
  );
  expect((await getPost(id))?.title).toBe("Changed");
  expect((await listPosts()).items[0]?.title).toBe("Changed");
});

it("older pages are cached only briefly, because a client may send any cursor", async () => {
  const { id } = await createLongPost(author, "First");
  await listPosts({ cursor: id, limit: 7 });
  const older = () => listPosts({ cursor: id, limit: 7 });
  expect((await cost(older)).statements).toBe(0);
  expect(await redis().ttl(keys.cacheEntry(`olderFeed:${id}:7`))).toBeLessThanOrEqual(60);
  await createLongPost(author, "Second");
  expect((await listPosts()).items.map(({ title }) => title).slice(0, 2)).toEqual(["Second", "First"]);
});

it("counts are live on a cached page", async () => {
  const { id } = await createLongPost(author, "Watched");
  const viewers = await createPeople(3);
  for (const [index, { seq }] of viewers.entries()) {
    expect((await getPost(id))?.viewsCount).toBe(index);
    expect((await listPosts()).items[0]?.viewsCount).toBe(index);
    await recordViews(seq, [id]);
  }
  expect((await getPost(id))?.viewsCount).toBe(3);
});

it.each(["refuse"] as const)("cached pages are served with Postgres down (%s)", (mode) =>
  expectPagesWithoutPostgres(proxy, mode, author, (ms) => {
    aheadMs += ms;
  }),
);
