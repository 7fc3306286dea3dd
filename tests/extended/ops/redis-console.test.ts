import { beforeAll, describe, expect, it } from "vitest";
import { POST as backup } from "@/app/api/admin/redis/backup/route";
import { POST as deleteKey } from "@/app/api/admin/redis/key/delete/route";
import { POST as expireKey } from "@/app/api/admin/redis/key/expire/route";
import { GET as oneKey } from "@/app/api/admin/redis/key/route";
import { GET as scan } from "@/app/api/admin/redis/keys/route";
import { POST as deleteKind } from "@/app/api/admin/redis/kinds/delete/route";
import { GET as report } from "@/app/api/admin/redis/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { backupEntrySchema, purposeOf } from "@/lib/ops";
import { keys, redis, redisService } from "@/lib/redis";
import { KEY_KINDS } from "@/lib/redis/key-types";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";

let admin: Caller;

beforeAll(async () => {
  admin = await createPerson("admin");
});

const find = async (key: string, language = "en") =>
  (
    await call(oneKey, {
      as: admin,
      query: `?key=${encodeURIComponent(key)}`,
      headers: { "accept-language": language },
    })
  ).body.key;
const lastEntry = (action: string) =>
  db().auditEntry.findFirst({ where: { action }, orderBy: { id: "desc" } });

it("what the server does not give out over REST is said", async () => {
  const { status, body } = await call(report, { as: admin });
  expect(status).toBe(200);
  expect(body.info).toEqual(expect.any(Object));
  for (const part of [body.slowLog, body.clients])
    expect(part.offered ? part.why : part.lines).toEqual(part.offered ? null : []);
  expect(body.clients).toEqual({ offered: false, lines: [], why: expect.stringMatching(/./) });
});

describe("one key", () => {
  it("of each type has its size, its TTL, its purpose and the beginning of its value", async () => {
    const post = newId();
    const many = Array.from({ length: 700 }, (_, index) => index + 1);
    await redis().send(["SADD", keys.postPendingViews(post), ...many]);
    await redis().send(["HSET", keys.session(post), "era", "1", "data", "x".repeat(20_000)]);
    await redis().send(["ZADD", keys.userSessions(post), 2, "b", 1, "a"]);
    await redis().send(["RPUSH", keys.chatRecent(post), ...many]);
    await redis().send(["XADD", keys.realtimeLog(`test:${post}`), "1-0", "event", "{}"]);
    await redis().send(["SET", keys.probe(post), "y".repeat(12_000), "EX", 60]);

    const pending = await find(keys.postPendingViews(post));
    expect(pending).toMatchObject({ type: "set", size: 700, ttlSeconds: null, kind: "postPendingViews" });
    expect(pending).toMatchObject({ irreplaceable: true, truncated: true });
    expect(pending.value).toHaveLength(100);
    expect(pending.purpose).toContain("Postgres does not have");
    expect((await find(keys.postPendingViews(post), "ru")).purpose).toContain("ещё нет в Postgres");

    const session = await find(keys.session(post));
    expect(session).toMatchObject({ type: "hash", size: 2, kind: "session", irreplaceable: false });
    expect(session.value.map((text: string) => text.length).sort()).toEqual([1, 10_000, 3, 4]);
    expect(await find(keys.userSessions(post))).toMatchObject({ type: "zset", value: ["a", "1", "b", "2"] });
    const recent = await find(keys.chatRecent(post));
    expect([recent.value.length, recent.truncated, recent.value[0]]).toEqual([100, true, "1"]);
    expect((await find(keys.realtimeLog(`test:${post}`))).value).toEqual(['["1-0",["event","{}"]]']);
    const probe = await find(keys.probe(post));
    expect(probe).toMatchObject({ type: "string", size: 12_000, truncated: true });
    expect(probe.ttlSeconds).toBeGreaterThan(0);
    expect(probe.value[0]).toHaveLength(10_000);
    expect(await find("no such key")).toBeNull();
  });

  it("of every kind has a purpose in both languages", () => {
    for (const kind of KEY_KINDS)
      for (const locale of ["en", "ru"] as const) expect(purposeOf(kind, locale)).toMatch(/\.$/);
    expect(purposeOf(null, "en")).toBeNull();
  });

  it("gets a TTL and is deleted, with the kind and the reason in the log but not the key", async () => {
    const key = keys.userSessions(newId());
    await redis().send(["ZADD", key, 1, "a"]);
    const reason = "it would never expire";
    const expire = (ttlSeconds: unknown) => call(expireKey, { as: admin, body: { key, ttlSeconds, reason } });
    for (const ttl of [0, -1, 1.5, "x", 10 ** 9]) expect((await expire(ttl)).status).toBe(400);
    expect((await expire("600")).body).toEqual({ expires: true });
    expect(Number(await redis().send(["TTL", key]))).toBeGreaterThan(500);
    expect(await lastEntry("redis_key_expired")).toMatchObject({
      actorId: admin.userId,
      data: { kind: "userSessions", ttlSeconds: 600, reason },
    });
    expect((await call(deleteKey, { as: admin, body: { key, reason } })).body).toEqual({ deleted: true });
    expect((await call(deleteKey, { as: admin, body: { key, reason } })).body).toEqual({ deleted: false });
    expect((await call(expireKey, { as: admin, body: { key, ttlSeconds: 60, reason } })).body).toEqual({
      expires: false,
    });
    expect(JSON.stringify(await lastEntry("redis_key_deleted"))).not.toContain(key);
  });
});

it("the parts of a scan together have every key once, and those that lack a TTL", async () => {
  const run = newId();
  const stray = `stray:${run}:0`;
  for (let from = 0; from < 5_000; from += 1_000)
    await redis().send([
      "MSET",
      ...Array.from({ length: 1_000 }, (_, index) => [`stray:${run}:${from + index}`, "1"]).flat(),
    ]);
  let cursor: string | null = null;
  let [found, parts, lacking] = [0, 0, 0];
  do {
    const match = encodeURIComponent(`stray:${run}:*`);
    const query: string = `?match=${match}${cursor === null ? "" : `&cursor=${cursor}`}`;
    const { body } = await call(scan, { as: admin, query });
    found += body.keys;
    lacking += body.withoutTtl.length;
    parts += 1;
    cursor = body.nextCursor;
  } while (cursor !== null);
  expect(found).toBe(5_000);
  expect(parts).toBeGreaterThan(1);
  expect(lacking).toBeGreaterThan(0);
  expect(await redisService().exists(stray)).toBe(1);
  await redis().send(["UNLINK", ...Array.from({ length: 5_000 }, (_, index) => `stray:${run}:${index}`)]);
});

it("all keys of a kind are deleted, and no others that match its pattern", async () => {
  const [post, sealed] = [newId(), newId()];
  await redis().send(["SADD", keys.postViews(post), 1]);
  await redis().send(["SADD", keys.sealedViewers(post, sealed), 1]);
  await redis().send(["SADD", keys.postPendingViews(post), 1]);
  const dropKind = (kind: string) => call(deleteKind, { as: admin, body: { kind, reason: "a test" } });
  expect((await dropKind("nothing")).status).toBe(404);
  expect((await dropKind("throttlePrefix")).status).toBe(404);
  expect((await dropKind("postViews")).body.deleted).toBeGreaterThan(0);
  expect(await redisService().exists(keys.postViews(post))).toBe(0);
  expect(await redisService().exists(keys.sealedViewers(post, sealed), keys.postPendingViews(post))).toBe(2);
  expect(await lastEntry("redis_kind_deleted")).toMatchObject({ data: { kind: "postViews" } });
});

it("a backup is a stream of lines that restore takes, and is recorded before the first one", async () => {
  const key = keys.postPendingViews(newId());
  await redis().send(["SADD", key, 1, 2]);
  const request = (body: object, token: string) =>
    backup(
      new Request("http://localhost/api/admin/redis/backup", {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
      { params: Promise.resolve({}) },
    );
  const token = await accessTokenFor(admin);
  expect((await request({}, token)).status).toBe(400);
  const response = await request({ reason: "a drill" }, token);
  expect(response.headers.get("content-disposition")).toContain("attachment");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await lastEntry("redis_backed_up")).toMatchObject({ data: { reason: "a drill" } });
  const entries = (await response.text())
    .trimEnd()
    .split("\n")
    .map((line) => backupEntrySchema.parse(JSON.parse(line)));
  expect(entries.find((entry) => entry.key === key)).toMatchObject({ type: "set", ttlMs: null });
});
