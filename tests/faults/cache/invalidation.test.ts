import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { getPost, listPosts } from "@/lib/posts";
import { keys, redis } from "@/lib/redis";
import { createCacheManager, newKey } from "@/tests/support/factories/cache-tools";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { seededRandom } from "@/tests/support/fuzz/random";
import { runs } from "@/tests/support/fuzz/runs";
import { startChild } from "@/tests/support/processes/children";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const RUNS = runs(1_000);
const READERS = 2;
const WRITES = 2;
const READS = 6;
/** Statements, calls and pauses take about equally long, so that any of them may come first. */
const MAX_PAUSE_MS = 4;
/** How far (ms) another process may be behind (lib/cache/memory.ts), plus a little for the clock's resolution. */
const MAX_LAG_MS = 1_005;

let aheadMs = 0;
let restoreClock = () => {};
beforeAll(() => {
  restoreClock = setClock({ now: () => Date.now() + aheadMs });
});
afterAll(() => restoreClock());

/** Some 0.1 s each on an idle machine. */
const LIMIT_MS = 60_000 + RUNS * 600;

/**
 * The contract: after a write's `withInvalidation` has returned, no read that starts later in the writer's process, and
 * none that starts a second later in another process, returns the old value. A read that started earlier may. From then
 * on Redis never stores the old value, however late an old loader finishes.
 */
it(
  `an old value is not served after its invalidation, in ${RUNS} random interleavings`,
  async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const random = seededRandom(seed);
    const pause = () => delay(random() * MAX_PAUSE_MS);
    const post = await createTestPost(await createPerson("artist"));
    let oldReads = 0;

    for (let run = 0; run < RUNS; run += 1) {
      const [key, tag] = [newKey(), newKey()];
      const writer = createCacheManager();
      const readers = [writer, ...Array.from({ length: READERS }, createCacheManager)];
      let version = 0;
      await db().post.update({ where: { id: post }, data: { viewsBase: 0 }, select: { id: true } });

      const load = async () => {
        if (random() < 0.3) await pause();
        const row = await db().post.findUniqueOrThrow({ where: { id: post }, select: { viewsBase: true } });
        if (random() < 0.7) await pause();
        return row.viewsBase;
      };
      const read = (manager: typeof writer) => manager.getOrSet("numbers", key, load, { tags: [tag] });
      const context = () => `seed ${seed}, run ${run}`;

      const write = async () => {
        for (let write = 1; write <= WRITES; write += 1) {
          await pause();
          await writer.withInvalidation([tag], (tx) =>
            tx.post.update({
              where: { id: post },
              data: { viewsBase: write, views: write },
              select: { id: true },
            }),
          );
          version = write;
          expect(await read(writer), context()).toBe(write);
        }
      };
      const readOver = async (manager: typeof writer) => {
        for (let reads = 0; reads < READS; reads += 1) {
          const versionBefore = version;
          const value = await read(manager);
          if (manager === writer) expect(value, context()).toBeGreaterThanOrEqual(versionBefore);
          else if (value < versionBefore) oldReads += 1;
          if (random() < 0.5) await pause();
        }
      };
      // Some runs start with a warm cache, some with an entry that is due for a refresh.
      if (random() < 0.5) await Promise.all(readers.map(read));
      aheadMs = random() < 0.3 ? 8_500 : 0;
      await Promise.all([write(), ...readers.map(readOver)]);
      await waitForDeferredWork();

      expect(await read(createCacheManager()), context()).toBe(WRITES);
      aheadMs += MAX_LAG_MS;
      for (const manager of readers) expect(await read(manager), context()).toBe(WRITES);
      aheadMs = 0;
    }
    // Otherwise no interleaving tested anything.
    expect(oldReads).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

it("a change whose writer dies between commit and invalidating Redis is visible once the trust lease ends", async () => {
  const post = await createTestPost(await createPerson("artist"));
  expect((await getPost(post))?.title).toBe("A track");
  expect((await listPosts()).items[0]?.title).toBe("A track");
  const writer = startChild("cache-writing-process.ts", [post, "Renamed"], { FAILPOINT: "cache.committed" });
  expect(await writer.ended).toBe("SIGKILL");
  expect(await db().cacheInvalidation.count()).toBe(1);
  expect(await redis().exists(keys.cacheEntry(`posts:${post}`))).toBe(1);
  expect(await redis().ttl(keys.cacheTrustLease)).toBeLessThanOrEqual(10);

  // The trust lease ends after ten seconds.
  await redis().del(keys.cacheTrustLease);
  aheadMs = MAX_LAG_MS;
  expect((await getPost(post))?.title).toBe("Renamed");
  expect((await listPosts()).items[0]?.title).toBe("Renamed");
  aheadMs = 0;
  await waitForDeferredWork();
  expect(await db().cacheInvalidation.count()).toBe(0);
});
