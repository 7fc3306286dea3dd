import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cacheManager } from "@/lib/cache";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { keys, redis, redisService } from "@/lib/redis";
import { createPerson } from "@/tests/support/factories/people";
import { bundleScript } from "@/tests/support/processes/bundle-script";
import { startCommand } from "@/tests/support/processes/command-line";

/** `npm run ops` as a process of its own, against the stack of this file. */

let folder: string;
let email: string;
let administratorId: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "normaldance-ops-"));
  const administrator = await createPerson("admin");
  administratorId = administrator.userId;
  email = (await db().user.findUniqueOrThrow({ where: { id: administratorId } })).email;
});
afterAll(() => rm(folder, { recursive: true }));

async function ops(...args: string[]) {
  const { stdio, ended } = startCommand(bundleScript("scripts/ops.ts"), args);
  const code = await ended;
  return {
    code,
    ...stdio,
    json: args.includes("--json") && code !== 2 ? JSON.parse(stdio.output) : undefined,
  };
}

const asAdmin = (...args: string[]) => ops(...args, "--as", email, "--json");

async function addTask(state: "dead" | "pending", error: string | null, queue = `test-${newId()}`) {
  const id = newId();
  const later = new Date(Date.now() + 86_400_000);
  await db().task.create({
    data: {
      ...{ id, queue, key: id, version: 1, payload: { orderId: newId() }, state, error },
      ...{ dueAt: later, deadlineAt: later },
    },
  });
  return { id, queue };
}

const lastAudit = () => db().auditEntry.findFirst({ orderBy: { id: "desc" } });

it("without words it lists every command, and refuses what it does not know", async () => {
  const list = await ops();
  expect(list.code).toBe(0);
  for (const command of ["health", "tasks list", "redis keys", "caches clear", "sessions clear"])
    expect(list.output).toContain(command);
  expect((await ops("tasks", "frobnicate")).code).toBe(1);
  expect((await ops("tasks", "list", "--unknown")).code).toBe(2);
});

it("health asks every backend, without an administrator", async () => {
  const { json } = await ops("health", "--json");
  expect(json).toMatchObject({
    database: { status: "ok" },
    redis: { status: "ok" },
    qstash: { status: "ok" },
  });
  expect(Object.keys(json).sort()).toEqual(
    ["bot", "chain", "database", "files", "mail", "payments", "qstash", "redis"].sort(),
  );
});

it("it acts as an administrator, and as nobody else", async () => {
  const listener = await createPerson();
  const { email: listenerEmail } = await db().user.findUniqueOrThrow({ where: { id: listener.userId } });
  for (const as of [listenerEmail, "nobody@test.example"]) {
    const refused = await ops("tasks", "list", "--as", as);
    expect([refused.code, refused.output]).toEqual([2, ""]);
    expect(refused.errors).toContain("administrator");
  }
});

it("tasks are found by queue, state and error, and a dead one gets a second life with a reason", async () => {
  const { id, queue } = await addTask("dead", "Error: connect ECONNREFUSED 10.0.0.1", "emails");
  const other = await addTask("pending", null);
  const found = await asAdmin(
    "tasks",
    "list",
    "--queue",
    queue,
    "--state",
    "dead",
    "--error",
    "econnrefused",
  );
  expect(found.json.items.map((task: { id: string }) => task.id)).toEqual([id]);
  expect((await asAdmin("tasks", "show", other.id)).json).toMatchObject({
    task: { id: other.id, state: "pending" },
  });

  const without = await asAdmin("tasks", "retry", id);
  expect([without.code, without.errors]).toEqual([2, expect.stringContaining("--reason")]);
  expect((await db().task.findUniqueOrThrow({ where: { id } })).state).toBe("dead");

  const retried = await asAdmin("tasks", "retry", id, "--reason", "mail server is back");
  expect(retried).toMatchObject({ code: 0, json: { id } });
  expect((await db().task.findUniqueOrThrow({ where: { id } })).state).not.toBe("dead");
  expect(await lastAudit()).toMatchObject({
    action: "task_replayed",
    actorId: administratorId,
    data: { queue: "emails", reason: "mail server is back" },
  });
  await db().task.deleteMany({ where: { id: { in: [id, other.id] } } });
});

it("dead tasks are redriven by a filter, twice at once, and each is revived once", async () => {
  const marker = `broken ${newId()}`;
  const rows = await Promise.all(Array.from({ length: 120 }, () => addTask("dead", marker, "leaderboards")));
  const ids = rows.map(({ id }) => id);
  const spared = await addTask("dead", "another error", "leaderboards");
  const preview = await asAdmin("tasks", "redrive", "--error", marker, "--reason", "fixed");
  expect(preview.json).toMatchObject({ matching: 120, sample: Array(5).fill({ error: marker }) });
  expect(await db().task.count({ where: { id: { in: ids }, state: "dead" } })).toBe(120);

  const redrive = () => asAdmin("tasks", "redrive", "--error", marker, "--reason", "fixed", "--yes");
  const both = await Promise.all([redrive(), redrive()]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.reduce((sum, { json }) => sum + json.revived, 0)).toBe(120);
  const generations = await db().task.findMany({ where: { id: { in: ids } }, select: { generation: true } });
  expect(new Set(generations.map(({ generation }) => generation))).toEqual(new Set([2]));
  expect((await db().task.findUniqueOrThrow({ where: { id: spared.id } })).state).toBe("dead");
  await db().task.deleteMany({ where: { id: { in: [...ids, spared.id] } } });
});

it("dead tasks are cancelled by a filter, after a preview, and one by its id", async () => {
  const marker = `broken ${newId()}`;
  const rows = await Promise.all(Array.from({ length: 3 }, () => addTask("dead", marker, "leaderboards")));
  const ids = rows.map(({ id }) => id);
  const stateOf = async (id: string) => (await db().task.findUniqueOrThrow({ where: { id } })).state;
  const reason = ["--reason", "settled by hand"];
  const [first = ""] = ids;
  expect((await asAdmin("tasks", "cancel", first, ...reason)).code).toBe(2);
  expect((await asAdmin("tasks", "cancel", first, ...reason, "--yes")).json).toMatchObject({
    state: "cancelled",
  });
  const preview = await asAdmin("tasks", "cancel", "--error", marker, ...reason);
  expect(preview.json).toMatchObject({ matching: 2 });
  expect(await Promise.all(ids.map(stateOf))).toEqual(["cancelled", "dead", "dead"]);
  const done = await asAdmin("tasks", "cancel", "--error", marker, ...reason, "--yes");
  expect(done.json).toEqual({ cancelled: 2, seen: 2 });
  expect(await Promise.all(ids.map(stateOf))).toEqual(["cancelled", "cancelled", "cancelled"]);
  expect(await lastAudit()).toMatchObject({ action: "tasks_cancelled", data: { cancelled: 2 } });
  await db().task.deleteMany({ where: { id: { in: ids } } });
});

it("without a webhook and an address there is nothing to test, and that is said", async () => {
  const tested = await asAdmin("alerts", "test", "--reason", "a drill");
  expect(tested).toMatchObject({ code: 1, json: { channels: [] } });
});

it("keys without a TTL that should have one are found, and those that have none for a reason are not", async () => {
  await redis().send(["SET", keys.probe("left"), "1"]);
  await redis().send(["SET", "stranger", "x".repeat(5_000)]);
  await redis().send(["SADD", keys.postPendingViews(newId()), "1"]);
  const { json } = await asAdmin("redis", "keys");
  const lacking = json.withoutTtl.map(({ key, kind }: { key: string; kind: string | null }) => [key, kind]);
  expect(lacking).toContainEqual([keys.probe("left"), "probe"]);
  expect(lacking).toContainEqual(["stranger", null]);
  expect(lacking.flat()).not.toContain("postPendingViews");
  expect(json.biggest[0]).toMatchObject({ key: "stranger", size: 5_000 });

  const refused = await asAdmin("redis", "delete", "stranger", "--reason", "left by a test");
  expect([refused.code, refused.errors]).toEqual([2, expect.stringContaining("--yes")]);
  const deleted = await asAdmin("redis", "delete", "stranger", "--reason", "left by a test", "--yes");
  expect(deleted.json).toEqual({ deleted: true });
  expect(await redisService().exists("stranger")).toBe(0);
  expect((await asAdmin("redis", "key", "stranger")).code).toBe(1);
});

it("what Redis does not offer over REST is said", async () => {
  const { json, code } = await asAdmin("redis", "slowlog");
  expect([code, json]).toEqual([0, { offered: false, lines: [], why: expect.any(String) }]);
  expect((await asAdmin("redis", "info")).code).toBe(0);
});

it("a namespace of the cache is cleared and the others are not", async () => {
  const [id, other] = [newId(), newId()];
  await cacheManager.set("posts", id, null);
  await cacheManager.set("products", other, null);
  const unknown = await asAdmin("caches", "clear", "nothing", "--reason", "test", "--yes");
  expect(unknown.code).toBe(2);
  await asAdmin("caches", "clear", "posts", "--reason", "wrong covers", "--yes");
  expect(await redisService().exists(keys.cacheEntry(`posts:${id}`))).toBe(0);
  expect(await redisService().exists(keys.cacheEntry(`products:${other}`))).toBe(1);
  expect(await lastAudit()).toMatchObject({ action: "cache_cleared", data: { namespace: "posts" } });
  await asAdmin("caches", "clear", "--reason", "all of it", "--yes");
  expect(await redisService().exists(keys.cacheEntry(`products:${other}`))).toBe(0);
});

it("a backup is restored into an empty database, without leases and copies, and compared", async () => {
  await redis().send(["FLUSHDB"]);
  const post = newId();
  await redis().send(["SADD", keys.postPendingViews(post), ...Array.from({ length: 2_500 }, (_, n) => n)]);
  await redis().send(["ZADD", keys.dirtyPosts, 1.5, post, 2, "ё «пробел» \n"]);
  await redis().send(["HSET", keys.viewBatch("b"), post, "1,2", "поле", "значение"]);
  await redis().send(["SET", "stranger", "007", "EX", 600]);
  await redis().send(["RPUSH", "list", "b", "a", "b"]);
  await redis().send(["XADD", "stream", "5-0", "name", "value"]);
  await redis().send(["SET", keys.cacheTrustLease, "1", "EX", 600]);
  await redis().send(["SET", keys.cacheEntry("posts:x"), "{}", "EX", 600]);
  const file = path.join(folder, "backup.jsonl");
  expect((await asAdmin("redis", "backup", "--file", file, "--reason", "a drill")).json).toMatchObject({
    keys: 8,
  });

  const restore = (...more: string[]) =>
    asAdmin("redis", "restore", "--file", file, "--reason", "drill", "--yes", ...more);
  const full = await restore();
  expect([full.code, full.errors]).toEqual([2, expect.stringContaining("not empty")]);

  await redis().send(["FLUSHDB"]);
  expect((await restore()).json).toEqual({ keys: 6, leftOut: 2 });
  expect(await redisService().scard(keys.postPendingViews(post))).toBe(2_500);
  expect(await redisService().zscore(keys.dirtyPosts, post)).toBe(1.5);
  expect(await redis().send(["LRANGE", "list", 0, -1])).toEqual(["b", "a", "b"]);
  expect(await redis().send(["GET", "stranger"])).toBe("007");
  expect(Number(await redis().send(["TTL", "stranger"]))).toBeGreaterThan(0);
  expect(await redisService().exists(keys.cacheTrustLease, keys.cacheEntry("posts:x"))).toBe(0);
  expect(await lastAudit()).toMatchObject({ action: "redis_restored", data: { keys: 6, reason: "drill" } });

  await redis().send(["FLUSHDB"]);
  expect((await restore("--all")).json).toEqual({ keys: 7, leftOut: 1 });
  expect(await redisService().exists(keys.cacheTrustLease)).toBe(0);

  // A file with a key twice does not come out as it was.
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  const twice = lines.find((line) => line.includes('"key":"list"')) ?? "";
  await writeFile(file, `${[...lines, twice].join("\n")}\n`);
  await redis().send(["FLUSHDB"]);
  const wrong = await restore();
  expect([wrong.code, wrong.errors]).toEqual([2, expect.stringContaining("not restored as it was: list")]);
});
