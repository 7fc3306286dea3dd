import { randomUUID } from "node:crypto";
import { expect, it, vi } from "vitest";
import { z } from "zod";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { createTestRedisService } from "@/tests/support/stack/test-redis-service";

/** Loads lib as a deployment with this prefix does. */
async function loadDeployment(prefix: string) {
  vi.resetModules();
  process.env.REDIS_KEY_PREFIX = prefix;
  const [redis, views] = await Promise.all([import("@/lib/redis"), import("@/lib/views")]);
  return { ...redis, ...views };
}

it("two deployments share one Redis without seeing each other's keys", async () => {
  const author = await createPerson("artist");
  const viewer = await createPerson();
  const post = await createTestPost(author);
  const plain = createTestRedisService(currentGateway().url);
  await plain.getClient().send(["FLUSHDB"]);

  const id = randomUUID();
  for (const prefix of ["staging:", "preview-7:"]) {
    const { keys, acquireLock, redisService, recordViews, syncViews, getViewSyncState } =
      await loadDeployment(prefix);
    expect((await acquireLock("test", id)).acquired).toBe(true);
    expect((await acquireLock("test", id)).acquired).toBe(false);
    expect(await redisService().get(keys.probe("x"), z.string())).toBeNull();
    await redisService().set(keys.probe("x"), prefix);
    await recordViews(viewer.seq, [post]);
    expect((await getViewSyncState()).pendingPosts).toBe(1);
    await recordViews((await createPerson()).seq, [post]);
    await syncViews({ source: "script" });
    expect((await getViewSyncState()).lastRun).not.toBeNull();
    await recordViews((await createPerson()).seq, [post]);
  }

  const all = z.array(z.string()).parse(await plain.getClient().send(["KEYS", "*"]));
  expect(all.filter((key) => !/^(staging|preview-7):/.test(key))).toEqual([]);
  for (const part of ["lock:", "lock:fence", "probe:x", "posts:views:dirty", "views:last-sync"]) {
    expect(all.filter((key) => key.startsWith(`staging:${part}`)).length).toBeGreaterThan(0);
    expect(all.filter((key) => key.startsWith(`preview-7:${part}`)).length).toBeGreaterThan(0);
  }
  process.env.REDIS_KEY_PREFIX = "";
});
