import { beforeAll, describe, expect, it } from "vitest";
import { POST as clear } from "@/app/api/admin/caches/clear/route";
import { POST as invalidate } from "@/app/api/admin/caches/invalidate/route";
import { GET as caches } from "@/app/api/admin/caches/route";
import { GET as live } from "@/app/api/admin/live/route";
import { POST as clearPresence } from "@/app/api/admin/presence/clear/route";
import { cacheManager, namespaces, postTag } from "@/lib/cache";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { flushCounts } from "@/lib/metrics";
import { setOffline, setOnline } from "@/lib/presence";
import { keys, redisService } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
import { openEventStream } from "@/tests/support/clients/event-reader";
import { createPerson } from "@/tests/support/factories/people";

let admin: Caller;

beforeAll(async () => {
  admin = await createPerson("admin");
});

const lastEntry = (action: string) =>
  db().auditEntry.findFirst({ where: { action }, orderBy: { id: "desc" } });

describe("caches", () => {
  it("are listed with their lifetimes and the hits that instances counted", async () => {
    const hitsOf = async () =>
      (await call(caches, { as: admin })).body.items.find(
        ({ namespace }: { namespace: string }) => namespace === "posts",
      );
    await flushCounts();
    const before = await hitsOf();
    const id = newId();
    await cacheManager.set("posts", id, null);
    await cacheManager.get("posts", id);
    await cacheManager.get("posts", newId());
    await flushCounts();
    const after = await hitsOf();
    expect(after).toMatchObject({ ttlSeconds: namespaces.posts.ttlSeconds });
    expect([after.lookups - before.lookups, after.hits - before.hits]).toEqual([2, 1]);
    expect((await call(caches, { as: admin })).body.items).toHaveLength(Object.keys(namespaces).length);
  });

  it("a tag removes its entries and no others", async () => {
    const [id, other] = [newId(), newId()];
    await cacheManager.set("posts", id, null, { tags: [postTag(id)] });
    await cacheManager.set("posts", other, null, { tags: [postTag(other)] });
    const body = { tag: postTag(id), reason: "a wrong cover" };
    expect((await call(invalidate, { as: admin, body })).status).toBe(200);
    expect(await cacheManager.get("posts", id)).toBeUndefined();
    expect(await cacheManager.get("posts", other)).toBeNull();
    expect(await lastEntry("cache_tag_invalidated")).toMatchObject({
      actorId: admin.userId,
      data: { kind: "post", reason: "a wrong cover" },
    });
  });

  it("a namespace is cleared with a reason, and an unknown one is 404", async () => {
    const id = newId();
    await cacheManager.set("posts", id, null);
    const clearOf = (namespace: string, reason?: string) =>
      call(clear, { as: admin, body: { namespace, reason } });
    expect((await clearOf("posts")).status).toBe(400);
    expect((await clearOf("nothing", "x")).status).toBe(404);
    expect((await clearOf("posts", "wrong covers")).body.deleted).toBeGreaterThan(0);
    expect(await redisService().exists(keys.cacheEntry(`posts:${id}`))).toBe(0);
  });
});

describe("live", () => {
  it("instances with streams answer a roll call with their streams, people and channels", async () => {
    const [person, socketId] = [await createPerson(), newId()];
    const stream = await openEventStream(null, { views: null });
    await stream.waitForEvent("joined");
    await setOnline(person.userId, socketId);
    await expect.poll(async () => (await call(live, { as: admin })).body.instances.length).toBe(1);
    const { body } = await call(live, { as: admin });
    expect(body).toMatchObject({ asked: 1, online: expect.any(Number) });
    expect(body.instances[0]).toMatchObject({ live: true, channels: { views: 1 } });
    expect(body.instances[0].streams).toBeGreaterThanOrEqual(1);
    expect(body.online).toBeGreaterThanOrEqual(1);

    await call(clearPresence, { as: admin, body: { reason: "ghosts" } });
    expect((await call(live, { as: admin })).body.online).toBe(0);
    expect(await lastEntry("presence_cleared")).toMatchObject({ data: { reason: "ghosts" } });
    stream.close();
    await setOffline(person.userId, socketId);
  });
});
