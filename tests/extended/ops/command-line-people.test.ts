import { afterAll, beforeAll, expect, it } from "vitest";
import { cacheManager, postTag } from "@/lib/cache";
import { now } from "@/lib/core/clock";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { createTestUser } from "@/tests/support/factories/accounts";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import { bundleScript } from "@/tests/support/processes/bundle-script";
import { startCommand } from "@/tests/support/processes/command-line";

/** The rooms of people, limits, views, caches and streams, as a process of its own. */

let email: string;
let administratorId: string;

beforeAll(async () => {
  const administrator = await createPerson("admin");
  administratorId = administrator.userId;
  email = (await db().user.findUniqueOrThrow({ where: { id: administratorId } })).email;
});
afterAll(() => redis().send(["FLUSHDB"]));

async function ops(...args: string[]) {
  const { stdio, ended } = startCommand(bundleScript("scripts/ops.ts"), [...args, "--as", email, "--json"]);
  const code = await ended;
  return { code, errors: stdio.errors, json: code === 2 ? undefined : JSON.parse(stdio.output) };
}

const lastEntry = (action: string) =>
  db().auditEntry.findFirst({ where: { action }, orderBy: { id: "desc" } });

it("an account is found by its address, blocked with --yes and a reason, and unblocked", async () => {
  const user = await createTestUser();
  const { session } = await startTestSession(user);
  const shown = await ops("people", "show", user.email);
  expect(shown.json).toMatchObject({ person: { id: user.userId }, sessions: [{ id: session.id }] });
  expect((await ops("people", "block", user.email, "--reason", "spam")).errors).toContain("--yes");
  const blocked = await ops("people", "block", user.email, "--reason", "spam", "--yes");
  expect(blocked).toMatchObject({ code: 0, json: { blockedAt: expect.any(String) } });
  const list = await ops("people", "list", "--state", "blocked", "--match", user.email);
  expect(list.json.items).toHaveLength(1);
  expect(await lastEntry("account_blocked")).toMatchObject({
    actorId: administratorId,
    data: { reason: "spam" },
  });
  const unblocked = await ops("people", "unblock", user.userId, "--reason", "a mistake");
  expect(unblocked.json.blockedAt).toBeNull();
});

it("a role is changed with a reason, and views are synced with one", async () => {
  const user = await createTestUser();
  expect((await ops("people", "role", user.email, "artist")).errors).toContain("--reason");
  expect((await ops("people", "role", user.email, "owner", "--reason", "asked")).code).toBe(2);
  const changed = await ops("people", "role", user.email, "artist", "--reason", "asked");
  expect(changed).toMatchObject({ code: 0, json: { id: user.userId, role: "artist" } });
  expect(await lastEntry("role_changed")).toMatchObject({
    actorId: administratorId,
    data: { from: "listener", to: "artist", reason: "asked" },
  });
  expect((await ops("views", "sync")).errors).toContain("--reason");
  expect((await ops("views", "sync", "--reason", "before a backup")).json).toEqual({
    syncedPosts: expect.any(Number),
  });
  expect(await lastEntry("views_synced")).toMatchObject({ data: { reason: "before a backup" } });
});

it("one session is ended, then the others", async () => {
  const user = await createTestUser();
  const [one] = [await startTestSession(user), await startTestSession(user)];
  const end = (...words: string[]) =>
    ops("sessions", "end", user.userId, ...words, "--reason", "a lost phone", "--yes");
  expect((await end(one.session.id)).json).toEqual({ ended: 1 });
  expect((await end()).json).toEqual({ ended: 1 });
});

it("limits are listed and lifted", async () => {
  const user = await createTestUser();
  const callerId = `user-${user.userId}`;
  await redis().set(keys.throttle("person", callerId, "*"), `${now()}x100 `, { px: 60_000 });
  const { json } = await ops("limits", "list", user.email);
  expect(json.items).toMatchObject([{ callerId, rules: [{ policy: "person", route: "*" }] }]);
  expect((await ops("limits", "lift", callerId, "--reason", "asked")).json).toEqual({ lifted: 1 });
});

it("views are shown and recounted, a tag is invalidated, and the roll is called", async () => {
  const post = await createTestPost(await createPerson("artist"), 5);
  await db().post.update({ where: { id: post }, data: { views: 6 } });
  expect((await ops("views", "show")).json).toMatchObject({ available: true, runs: [] });
  const recounted = await ops("views", "recount", post, "--reason", "asked");
  expect(recounted.json.views).toMatchObject({ stored: 6, counted: 5, publishedNow: 5 });

  const id = newId();
  await cacheManager.set("posts", id, null, { tags: [postTag(id)] });
  await ops("caches", "invalidate", postTag(id), "--reason", "a wrong cover");
  expect(await redis().exists(keys.cacheEntry(`posts:${id}`))).toBe(0);
  expect((await ops("caches", "list", "day")).json[0]).toMatchObject({ namespace: expect.any(String) });
  expect((await ops("live", "show")).json).toEqual({ instances: [], asked: 0, online: 0 });
});

it("a key gets a TTL, and all keys of a kind are dropped", async () => {
  const key = keys.probe(newId());
  await redis().set(key, "1");
  const expire = await ops("redis", "expire", key, "60", "--reason", "left behind", "--yes");
  expect(expire.json).toEqual({ expires: true });
  expect(await redis().ttl(key)).toBeGreaterThan(0);
  expect(
    (await ops("redis", "drop", "probe", "--reason", "all of them", "--yes")).json.deleted,
  ).toBeGreaterThan(0);
  expect((await ops("redis", "clients")).json).toMatchObject({ offered: false });
});
