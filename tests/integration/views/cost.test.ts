import { afterAll, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { getPost, listPosts } from "@/lib/posts";
import { keys, redis } from "@/lib/redis";
import { getViewCounts, recordViews, syncViews, toViewRow, viewColumns } from "@/lib/views";
import { openCommandCounter } from "@/local/redis/command-counter";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { createPosts, loadViewScripts } from "@/tests/support/factories/view-tools";
import { startViewCosts } from "@/tests/support/proxies/view-costs";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { workerStack } from "@/tests/support/stack/worker-stack";

/** The cost of views: HTTP calls are counted at the gateway, SQL statements on the wire to Postgres. */

const { cost, stop } = await startViewCosts();
afterAll(stop);

it("the meter counts statements", async () => {
  expect(await cost(() => db().$queryRaw`SELECT 1`)).toMatchObject({ statements: 1 });
  expect(await cost(() => db().$transaction([db().post.count(), db().user.count()]))).toMatchObject({
    statements: 4,
  });
});

it("100 concurrent views are one HTTP call and no statement; two calls and one statement when Redis does not have the posts", async () => {
  await loadViewScripts();
  const posts = await createPosts(10);
  const views = async () => {
    const people = await createPeople(100);
    return () => Promise.all(people.map(({ seq }, index) => recordViews(seq, [posts[index % 10] ?? ""])));
  };

  // A call, the posts' rows in one statement, another call.
  const unknown = await cost(await views());
  expect(unknown).toMatchObject({ httpCalls: 2, statements: 1 });
  const known = await cost(await views());
  expect(known).toMatchObject({ httpCalls: 1, statements: 0 });

  for (const { result } of [unknown, known])
    expect(result.flat().every(({ status }) => status === "counted")).toBe(true);
  for (const post of posts) expect((await getPost(post))?.viewsCount).toBe(20);
});

it("a view of a post that waits for its sync is four commands, the first is six, 100 at once on 10 posts are 44", async () => {
  await loadViewScripts();
  const [post = "", ...others] = await createPosts(11);
  // A page has shown the posts.
  await listPosts({ limit: 20 });
  const counter = await openCommandCounter(workerStack().redisUrl);
  const commandsOf = async (work: () => Promise<unknown>) => {
    await waitForDeferredWork();
    await counter.reset();
    await work();
    return (await counter.read()).total;
  };
  const people = await createPeople(103);
  const view = (index: number) => commandsOf(() => recordViews(people[index]?.seq ?? 0, [post]));
  try {
    expect(await view(0)).toBe(6);
    expect(await view(1)).toBe(4);
    expect(await view(1)).toBe(3);
    // Another instance has recorded a view: this one expects the count before it.
    const meta = String(await redis().get(keys.postMeta(post)));
    await redis().set(keys.postMeta(post), meta.replace(/:(\d+):(\d+)$/, ":3:$2"), { keepTtl: true });
    expect(await view(2)).toBe(5);
    expect((await getPost(post))?.viewsCount).toBe(4);
    const hundred = people.slice(3);
    const many = () =>
      Promise.all(hundred.map(({ seq }, index) => recordViews(seq, [others[index % 10] ?? ""])));
    expect(await commandsOf(many)).toBe(44);
  } finally {
    counter.close();
  }
});

it("a page of 20 posts is one HTTP call, to record and to read", async () => {
  await loadViewScripts();
  const posts = await createPosts(20);
  await listPosts({ limit: 20 });
  expect(await cost(() => listPosts({ limit: 20 }))).toMatchObject({ httpCalls: 1, statements: 0 });
  const viewer = await createPerson();
  expect(await cost(() => recordViews(viewer.seq, posts))).toMatchObject({ httpCalls: 1, statements: 0 });
});

it("the counts of 20 posts are one command, and current after views and syncs", async () => {
  await loadViewScripts();
  const posts = await createPosts(20);
  const [post = ""] = posts;
  const rows = (await db().post.findMany({ select: viewColumns, where: { id: { in: posts } } })).map(
    toViewRow,
  );
  const read = async () => {
    currentGateway().stats.reset();
    const counts = await getViewCounts(rows);
    return { byCommand: currentGateway().stats.snapshot().byCommand, count: counts.get(post) };
  };
  await read();
  expect(await read()).toEqual({ byCommand: { MGET: 1 }, count: 0 });
  for (const { seq } of await createPeople(2)) await recordViews(seq, [post]);
  await waitForDeferredWork();
  expect(await read()).toEqual({ byCommand: { MGET: 1 }, count: 2 });
  await syncViews({ source: "script" });
  expect(await read()).toMatchObject({ count: 2 });
  expect(await read()).toEqual({ byCommand: { MGET: 1 }, count: 2 });
});

it("a sync of 200 views is one SQL statement", async () => {
  await loadViewScripts();
  const posts = await createPosts(20);
  const people = await createPeople(10);
  for (const { seq } of people) await recordViews(seq, posts);

  const sync = await cost(() => syncViews({ source: "script" }));
  expect(sync.result).toMatchObject({ syncedPosts: 20, syncedViews: 200, droppedViews: 0 });
  expect(sync.statements).toBe(1);
  // Find, claim, finish, find nothing, record the run.
  expect(sync.httpCalls).toBe(5);
  expect((await getPost(posts[0] ?? ""))?.viewsCount).toBe(10);
});
