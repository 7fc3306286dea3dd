import { beforeAll, expect, it } from "vitest";
import { POST as recount } from "@/app/api/admin/views/recount/route";
import { GET as viewsState } from "@/app/api/admin/views/route";
import { POST as sync } from "@/app/api/admin/views/sync/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { recordViews, syncViews } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { displayedCount, recordNewViewers } from "@/tests/support/factories/view-tools";

let admin: Caller;

beforeAll(async () => {
  admin = await createPerson("admin");
});

const recountOf = (postId: string) =>
  call(recount, { as: admin, body: { postId, reason: "an artist asked" } });

it("a sync is started with a reason, which is in the audit log before it begins", async () => {
  const post = await createTestPost(await createPerson("artist"), 0);
  await recordNewViewers(post, 2);
  expect((await call(sync, { as: admin, body: {} })).status).toBe(400);
  expect(await persistedViews(post)).toMatchObject({ views: 0 });
  const { status, body } = await call(sync, { as: admin, body: { reason: "before a backup" } });
  expect([status, body.syncedPosts]).toEqual([200, expect.any(Number)]);
  expect(await persistedViews(post)).toMatchObject({ views: 2 });
  expect(
    await db().auditEntry.findFirst({ where: { action: "views_synced", actorId: admin.userId } }),
  ).toMatchObject({
    subject: "app",
    data: { reason: "before a backup" },
  });
});

it("a count that differs from its rows is mended, and views that wait are kept", async () => {
  const post = await createTestPost(await createPerson("artist"), 40);
  await recordNewViewers(post, 3);
  await syncViews({ source: "script" });
  await recordNewViewers(post, 2);
  expect(await displayedCount(post)).toBe(45);
  // A hand has changed the row.
  await db().post.update({ where: { id: post }, data: { views: 99 } });

  const { status, body } = await recountOf(post);
  expect(status).toBe(200);
  expect(body.views).toEqual({ stored: 99, counted: 43, publishedBefore: 45, publishedNow: 45 });
  expect(body.plays).toMatchObject({ stored: 0, counted: 0 });
  expect((await db().post.findUniqueOrThrow({ where: { id: post } })).views).toBe(43);
  expect(await displayedCount(post)).toBe(45);
  await syncViews({ source: "script" });
  expect(await persistedViews(post)).toMatchObject({ rows: 5, views: 45 });
  expect(await db().auditEntry.findFirst({ where: { subject: `post:${post}` } })).toMatchObject({
    action: "views_recounted",
    actorId: admin.userId,
    data: { views: -56, plays: 0, reason: "an artist asked" },
  });
});

it("a count in Redis that differs is mended, and a right one is left alone", async () => {
  const post = await createTestPost(await createPerson("artist"), 7);
  await recordNewViewers(post, 2);
  await syncViews({ source: "script" });
  // Waiting views that are nowhere, and not old enough for a reader to doubt them.
  const [author, persisted, version] = String(await redis().get(keys.postMeta(post))).split(":");
  await redis().set(keys.postMeta(post), [author, persisted, version, 5, Date.now()].join(":"));
  const before = await db().post.findUniqueOrThrow({ where: { id: post } });
  const right = { stored: 9, counted: 9, publishedNow: 9 };
  expect((await recountOf(post)).body.views).toEqual({ ...right, publishedBefore: 14 });
  expect((await recountOf(post)).body.views).toEqual({ ...right, publishedBefore: 9 });
  expect(await db().post.findUniqueOrThrow({ where: { id: post } })).toEqual(before);
  expect((await recountOf(newId())).status).toBe(404);
});

it("while views are recorded and synced, a recount neither loses nor doubles one", async () => {
  const post = await createTestPost(await createPerson("artist"));
  await recordViews((await createPerson()).seq, [post]);
  const work = Array.from({ length: 6 }, async () => {
    await recordNewViewers(post, 2);
    await Promise.all([syncViews({ source: "script" }), recountOf(post)]);
  });
  await Promise.all(work);
  await syncViews({ source: "script" });
  expect(await persistedViews(post)).toMatchObject({ rows: 13, views: 13 });
  expect(await displayedCount(post)).toBe(13);
});

it("the last syncs that found work are kept, and empty ones are not among them", async () => {
  const post = await createTestPost(await createPerson("artist"));
  await recordNewViewers(post, 1);
  const run = await syncViews({ source: "script" });
  const empty = await syncViews({ source: "cron" });
  const { body } = await call(viewsState, { as: admin });
  expect(body.lastRun).toEqual(empty);
  expect(body.runs[0]).toEqual(run);
  expect(body.runs.length).toBeLessThanOrEqual(20);
});
