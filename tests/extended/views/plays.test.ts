import { afterAll, afterEach, describe, expect, it } from "vitest";
import { POST as play } from "@/app/api/posts/[id]/play/route";
import { GET as plays } from "@/app/api/posts/[id]/plays/route";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { getPost, listPosts, playPost } from "@/lib/posts";
import { keys, redis } from "@/lib/redis";
import { getViewSyncState, recordPlay, syncViews } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { createPeople, createPerson, createTestPost } from "@/tests/support/factories/people";
import {
  createPlayablePost,
  displayedPlays,
  persistedPlays,
  recordNewListeners,
} from "@/tests/support/factories/play-tools";
import { loadViewScripts } from "@/tests/support/factories/view-tools";
import { startViewCosts } from "@/tests/support/proxies/view-costs";

const HOUR_MS = 3_600_000;
const { cost, stop } = await startViewCosts();
let restoreClock = () => {};
afterEach(() => restoreClock());
afterAll(stop);

const setTime = (ms: number) => {
  restoreClock = setClock({ now: () => ms });
};
const sync = () => syncViews({ source: "script" });

describe("POST /api/posts/{id}/play", () => {
  it("counts a listener once in each UTC hour, and not the author", async () => {
    const [author, listener, other] = [
      await createPerson("artist"),
      await createPerson(),
      await createPerson(),
    ];
    const post = await createPlayablePost(author);
    const send = (from: typeof author) => playPost(from, post);
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

    setTime(hour);
    expect(await send(listener)).toEqual({ playsCount: 1 });
    setTime(hour + HOUR_MS - 1);
    expect(await send(listener)).toEqual({ playsCount: 1 });
    expect(await send(other)).toEqual({ playsCount: 2 });
    expect(await send(author)).toEqual({ playsCount: 2 });
    setTime(hour + HOUR_MS);
    expect(await send(listener)).toEqual({ playsCount: 3 });
    expect((await getPost(post))?.playsCount).toBe(3);
    expect(await persistedPlays(post)).toEqual({ plays: 0, rows: 0 });

    expect(await sync()).toMatchObject({ syncedPosts: 1, syncedViews: 0, syncedPlays: 3, droppedPlays: 0 });
    expect(await persistedPlays(post)).toEqual({ plays: 3, rows: 3 });
    const rows = await db().postPlay.findMany({ where: { postId: post }, orderBy: { id: "asc" } });
    expect(new Set(rows.map((row) => `${row.listenerSeq} ${row.hour.getTime()}`))).toEqual(
      new Set([`${listener.seq} ${hour}`, `${other.seq} ${hour}`, `${listener.seq} ${hour + HOUR_MS}`]),
    );
    expect(await displayedPlays(post)).toBe(3);
    // Redis has forgotten the listeners: Postgres has not.
    await redis().del(keys.postPlays(post));
    await send(listener);
    await sync();
    expect(await persistedPlays(post)).toEqual({ plays: 3, rows: 3 });
    expect((await getPost(post))?.playsCount).toBe(3);
    expect((await getViewSyncState()).plays).toMatchObject({ pendingPosts: 0, claimedBatches: 0 });
  });

  it("refuses a post without a sound that can be played, and an unknown one", async () => {
    const as = await createPerson();
    const processing = await createPlayablePost(await createPerson("artist"));
    await db().track.updateMany({
      where: { file: { postsWithAudio: { some: { id: processing } } } },
      data: { status: "processing" },
    });
    const silent = await createTestPost(await createPerson("artist"));
    for (const [id, status] of [
      [silent, 409],
      [processing, 409],
      [newId(), 404],
    ] as const)
      expect((await call(play, { method: "POST", params: { id }, as })).status).toBe(status);
    expect((await call(play, { method: "POST", params: { id: silent } })).status).toBe(401);
    const playable = await createPlayablePost(await createPerson("artist"));
    expect((await call(play, { method: "POST", params: { id: playable }, as })).body).toEqual({
      playsCount: 1,
    });
    await sync();
    expect(await persistedPlays(silent)).toEqual({ plays: 0, rows: 0 });
  });

  it("drops plays of a deleted post or account, and the others are synced", async () => {
    const author = await createPerson("artist");
    const [doomed, post] = [await createPlayablePost(author), await createPlayablePost(author)];
    const people = await createPeople(3);
    for (const { seq } of people) for (const id of [doomed, post]) await recordPlay(seq, id);
    await db().post.delete({ where: { id: doomed } });
    await db().user.delete({ where: { seq: people[0]?.seq ?? 0 } });
    expect(await sync()).toMatchObject({ syncedPosts: 1, syncedPlays: 2, droppedPlays: 4 });
    expect(await persistedPlays(post)).toEqual({ plays: 2, rows: 2 });
    const left = [keys.postPlayMeta(doomed), keys.postPlays(doomed), keys.postPendingPlays(doomed)];
    expect(await redis().exists(...left)).toBe(0);
  });
});

it("a page of 20 posts with sound is one HTTP call, and a sync of their plays one statement", async () => {
  await loadViewScripts();
  const author = await createPerson("artist");
  const posts = await Promise.all(Array.from({ length: 20 }, () => createPlayablePost(author)));
  const people = await createPeople(3);
  await listPosts({ limit: 20 });
  for (const { seq } of people) await Promise.all(posts.map((id) => recordPlay(seq, id)));

  // The new counts are published in a call of their own.
  await waitForDeferredWork();
  // The process keeps a page for a second, which may have passed.
  await listPosts({ limit: 20 });
  const page = await cost(() => listPosts({ limit: 20 }));
  expect(page).toMatchObject({ httpCalls: 1, statements: 0 });
  expect(page.result.items.map(({ playsCount }) => playsCount)).toEqual(posts.map(() => 3));
  const run = await cost(sync);
  expect(run.result).toMatchObject({ syncedPosts: 20, syncedPlays: 60 });
  // Find, claim, finish, find nothing, record the run: as many calls as for views.
  expect(run).toMatchObject({ statements: 1, httpCalls: 5 });
});

describe("GET /api/posts/{id}/plays", () => {
  it("counts plays by UTC day, for the author and administrators", async () => {
    const author = await createPerson("artist");
    const post = await createPlayablePost(author);
    const read = async (as: typeof author, query = "") => call(plays, { params: { id: post }, query, as });
    setTime(Date.parse("2026-03-01T23:59:59Z"));
    await recordNewListeners(post, 2);
    setTime(Date.parse("2026-03-02T00:00:00Z"));
    await recordNewListeners(post, 1);
    await sync();
    setTime(Date.parse("2026-03-03T12:00:00Z"));

    expect((await read(author, "?days=3")).body).toEqual({
      items: [
        { day: "2026-03-01", plays: 2 },
        { day: "2026-03-02", plays: 1 },
        { day: "2026-03-03", plays: 0 },
      ],
    });
    const month = (await read(await createPerson("admin"))).body.items;
    expect(month).toHaveLength(30);
    expect(month[0]).toEqual({ day: "2026-02-02", plays: 0 });
    expect((await read(author, "?days=2")).body.items).toEqual(month.slice(-2));
    expect((await read(await createPerson("artist"))).status).toBe(403);
    for (const days of ["0", "366", "x", "1.5"])
      expect((await read(author, `?days=${days}`)).status).toBe(400);
  });
});
