import { afterAll, expect, it } from "vitest";
import { deferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { getPost, listPosts } from "@/lib/posts";
import { recordViews, syncViews } from "@/lib/views";
import { createPeople, createPerson, createTestPost } from "@/tests/support/factories/people";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { gateway } from "@/tests/support/stack/gateway";

/** What things cost: HTTP calls counted at the gateway, SQL statements on the wire to Postgres. */

const meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = meter.url;
afterAll(() => meter.close());

async function cost<T>(
  work: () => Promise<T>,
): Promise<{ result: T; httpCalls: number; statements: number }> {
  // What an earlier view tells open pages, up to a second later, is its own cost.
  await deferredWork();
  gateway().stats.reset();
  meter.reset();
  const result = await work();
  return { result, httpCalls: gateway().stats.snapshot().httpRequests, statements: meter.statements };
}

async function postsOf(count: number): Promise<string[]> {
  const author = await createPerson("artist");
  return Promise.all(Array.from({ length: count }, () => createTestPost(author)));
}

/** Makes the server know the scripts: the first use of each costs one call more, once. */
async function knowScripts(): Promise<void> {
  const [post = ""] = await postsOf(1);
  await recordViews((await createPerson()).seq, [post]);
  await syncViews({ source: "script" });
}

it("the meter counts statements", async () => {
  expect(await cost(() => db().$queryRaw`SELECT 1`)).toMatchObject({ statements: 1 });
  expect(await cost(() => db().$transaction([db().post.count(), db().user.count()]))).toMatchObject({
    statements: 4,
  });
});

it("100 concurrent views are one HTTP call and no statement; two and the rows when Redis does not know the posts", async () => {
  await knowScripts();
  const posts = await postsOf(10);
  const views = async () => {
    const people = await createPeople(100);
    return () => Promise.all(people.map(({ seq }, index) => recordViews(seq, [posts[index % 10] ?? ""])));
  };

  // Call, the posts' rows in one statement, call again.
  const unknown = await cost(await views());
  expect(unknown).toMatchObject({ httpCalls: 2, statements: 1 });
  const known = await cost(await views());
  expect(known).toMatchObject({ httpCalls: 1, statements: 0 });

  for (const { result } of [unknown, known])
    expect(result.flat().every(({ status }) => status === "counted")).toBe(true);
  for (const post of posts) expect((await getPost(post))?.viewsCount).toBe(20);
});

it("a screenful of 20 posts is one HTTP call, to count and to read", async () => {
  await knowScripts();
  const posts = await postsOf(20);
  await listPosts({ limit: 20 });
  expect(await cost(() => listPosts({ limit: 20 }))).toMatchObject({ httpCalls: 1, statements: 0 });
  const viewer = await createPerson();
  expect(await cost(() => recordViews(viewer.seq, posts))).toMatchObject({ httpCalls: 1, statements: 0 });
});

it("a sync of 10,000 views is one SQL statement", async () => {
  await knowScripts();
  const posts = await postsOf(20);
  const people = await createPeople(500);
  for (const { seq } of people) await recordViews(seq, posts);

  const sync = await cost(() => syncViews({ source: "script" }));
  expect(sync.result).toMatchObject({ syncedPosts: 20, syncedViews: 10_000, droppedViews: 0 });
  expect(sync.statements).toBe(1);
  // Claim, finish, claim again and find nothing, remember the run.
  expect(sync.httpCalls).toBe(4);
  expect((await getPost(posts[0] ?? ""))?.viewsCount).toBe(500);
});
