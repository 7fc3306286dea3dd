import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { POST as clear } from "@/app/api/admin/caches/clear/route";
import { POST as invalidate } from "@/app/api/admin/caches/invalidate/route";
import { POST as lift } from "@/app/api/admin/limits/lift/route";
import { POST as clearPresence } from "@/app/api/admin/presence/clear/route";
import { POST as deleteKey } from "@/app/api/admin/redis/key/delete/route";
import { POST as expireKey } from "@/app/api/admin/redis/key/expire/route";
import { POST as deleteKind } from "@/app/api/admin/redis/kinds/delete/route";
import { POST as clearSessions } from "@/app/api/admin/sessions/clear/route";
import { cacheManager } from "@/lib/cache";
import type { Caller } from "@/lib/core/access-token";
import { injectFault } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

let admin: Caller;
beforeAll(async () => {
  admin = await createPerson("admin");
  await db().$executeRaw`
CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`;
});
afterEach(takeEntries);
afterAll(() => db().$executeRaw`DROP FUNCTION full_disk() CASCADE`);

/** Postgres still answers, so the request gets as far as the entry. */
async function refuseEntries(): Promise<void> {
  await db().$executeRaw`CREATE TRIGGER full_disk BEFORE INSERT ON "AuditEntry" EXECUTE FUNCTION full_disk()`;
}

async function takeEntries(): Promise<void> {
  await db().$executeRaw`DROP TRIGGER IF EXISTS full_disk ON "AuditEntry"`;
}

interface Action {
  name: string;
  action: string;
  route: typeof clear;
  /** Makes what the action takes away. @returns the request's body, and whether it is still there */
  prepare(): Promise<{ body: object; isThere: () => Promise<boolean> }>;
}

const hasKey = (key: string) => async () => (await redis().send(["EXISTS", key])) === 1;

async function probeKey() {
  const key = keys.probe(newId());
  await redis().send(["SET", key, "1", "EX", 600]);
  return key;
}

async function cached(tag: string) {
  const id = newId();
  await cacheManager.set("posts", id, null, { tags: [tag] });
  return hasKey(keys.cacheEntry(`posts:${id}`));
}

const ACTIONS: readonly Action[] = [
  {
    ...{ name: "delete a key", action: "redis_key_deleted", route: deleteKey },
    prepare: async () => {
      const key = await probeKey();
      return { body: { key }, isThere: hasKey(key) };
    },
  },
  {
    ...{ name: "expire a key", action: "redis_key_expired", route: expireKey },
    prepare: async () => {
      const key = await probeKey();
      const isThere = async () => Number(await redis().send(["TTL", key])) > 100;
      return { body: { key, ttlSeconds: 50 }, isThere };
    },
  },
  {
    ...{ name: "drop a kind", action: "redis_kind_deleted", route: deleteKind },
    prepare: async () => ({ body: { kind: "probe" }, isThere: hasKey(await probeKey()) }),
  },
  {
    ...{ name: "clear a cache", action: "cache_cleared", route: clear },
    prepare: async () => ({ body: { namespace: "posts" }, isThere: await cached("feed") }),
  },
  {
    ...{ name: "clear presence", action: "presence_cleared", route: clearPresence },
    prepare: async () => {
      const key = keys.userPresence(newId());
      await redis().send(["HSET", key, "status", "online"]);
      return { body: {}, isThere: hasKey(key) };
    },
  },
  {
    ...{ name: "lift a limit", action: "limits_lifted", route: lift },
    prepare: async () => {
      const callerId = `user-${newId()}`;
      const key = keys.throttle("default", callerId, "/api/posts");
      await redis().send(["HSET", key, "tokens", "0"]);
      return { body: { callerId }, isThere: hasKey(key) };
    },
  },
];

const countEntries = (action: string) => db().auditEntry.count({ where: { action } });

describe.each(ACTIONS)("$name", ({ action, route, prepare }) => {
  it("is recorded before it is done", async () => {
    const { body, isThere } = await prepare();
    const before = await countEntries(action);
    const stopInjecting = injectFault(async (name) => {
      if (name === "ops.action.recorded") throw new Error("the process ends here");
    });
    const { status } = await call(route, { as: admin, body: { ...body, reason: "test" } }).finally(
      stopInjecting,
    );
    expect(status).toBe(500);
    expect([await isThere(), await countEntries(action)]).toEqual([true, before + 1]);

    expect((await call(route, { as: admin, body: { ...body, reason: "test" } })).status).toBe(200);
    expect([await isThere(), await countEntries(action)]).toEqual([false, before + 2]);
  });

  it("is refused when Postgres does not take the entry, and not done", async () => {
    const { body, isThere } = await prepare();
    await refuseEntries();
    const { status } = await call(route, { as: admin, body: { ...body, reason: "test" } });
    expect([status, await isThere()]).toEqual([503, true]);
  });
});

it("a tag is invalidated with its entry, and not without", async () => {
  const tag = `post:${newId()}`;
  const isThere = await cached(tag);
  const request = { as: admin, body: { tag, reason: "test" } };
  await refuseEntries();
  expect((await call(invalidate, request)).status).toBe(503);
  expect(await isThere()).toBe(true);
  await takeEntries();
  expect((await call(invalidate, request)).status).toBe(200);
  expect(await isThere()).toBe(false);
});

it("sessions are not cleared without their entry", async () => {
  await refuseEntries();
  expect((await call(clearSessions, { as: admin, body: { reason: "test" } })).status).toBe(503);
  await takeEntries();
  expect((await call(clear, { as: admin, body: { namespace: "posts", reason: "test" } })).status).toBe(200);
});
