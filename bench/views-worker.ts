import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "@upstash/redis";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import { redis } from "@/lib/redis";
import { getViewCounts, recordViews, syncViews, toViewRow, viewColumns } from "@/lib/views";
import { createPeople, createTestPost } from "@/tests/support/factories/people";
import type { WorkerCommand, WorkerResult, WorkloadName } from "./views-protocol";

/** The worker process of `npm run bench:views`: runs one workload per message. */

const VIEWS_PER_RUN = 100;
const POST_COUNT = 10;
const SYNC_PEOPLE = 500;
const SYNC_POSTS = 20;
const ROW_BY_ROW_VIEWS = 500;

const posts = await createPosts(POST_COUNT);
const pipeliningRedis = new Redis({
  url: env().UPSTASH_REDIS_REST_URL,
  token: env().UPSTASH_REDIS_REST_TOKEN,
});

type Run = () => Promise<unknown>;

/** Each prepares its data and returns the run that is measured. */
const workloads: Record<WorkloadName, () => Promise<Run>> = {
  "views: lib/views": async () => {
    const views = await createViews();
    return () => Promise.all(views.map(([post, seq]) => recordViews(seq, [post])));
  },
  "views: a transaction each": async () => {
    const views = await createViews();
    return () => Promise.all(views.map(([post, seq]) => writeViewDirectly(post, seq)));
  },
  "views: a REST call each": async () => {
    const views = await createViews();
    return () => Promise.all(views.map(([post, seq]) => redis().sadd(`bench:${post}`, seq)));
  },
  "views: the SDK's pipeline": async () => {
    const views = await createViews();
    return () => Promise.all(views.map(([post, seq]) => pipeliningRedis.sadd(`bench:${post}`, seq)));
  },
  "sync: 10,000 views": async () => {
    const screen = await createPosts(SYNC_POSTS);
    const people = await createPeople(SYNC_PEOPLE);
    // Syncs what other workloads left pending, so that it is not measured.
    await syncViews({ source: "script" });
    for (const { seq } of people) await recordViews(seq, screen);
    return () => syncViews({ source: "script" });
  },
  "sync: 500 views, row by row": async () => {
    const [post = ""] = posts;
    const people = await createPeople(ROW_BY_ROW_VIEWS);
    return async () => {
      for (const { seq } of people) await writeViewDirectly(post, seq);
    };
  },
  "feed: 20 counts": async () => {
    await createPosts(20);
    const rows = await db().post.findMany({ select: viewColumns, orderBy: { id: "desc" }, take: 20 });
    const viewRows = rows.map(toViewRow);
    await getViewCounts(viewRows);
    return () => getViewCounts(viewRows);
  },
};

async function createPosts(count: number): Promise<string[]> {
  const [author] = await createPeople(1, "artist");
  return Promise.all(Array.from({ length: count }, () => createTestPost(author)));
}

/** One view each by `VIEWS_PER_RUN` new people, spread over the posts. */
async function createViews(): Promise<[post: string, seq: number][]> {
  const people = await createPeople(VIEWS_PER_RUN);
  return people.map(({ seq }, index) => [posts[index % POST_COUNT] ?? newId(), seq]);
}

/** The straightforward solution without Redis: insert the row and update the post's count in one transaction. */
async function writeViewDirectly(postId: string, viewerSeq: number): Promise<void> {
  await db().$transaction([
    db().postView.create({ data: { postId, viewerSeq }, select: { id: true } }),
    db().post.update({
      where: { id: postId },
      data: { views: { increment: 1 }, viewsVersion: { increment: 1 } },
      select: { id: true },
    }),
  ]);
}

let preparedRun: Run = async () => {};

async function handleCommand(command: WorkerCommand): Promise<WorkerResult> {
  if (command.do === "prepare") {
    preparedRun = await workloads[command.work]();
    // Background work of the preparation must not be measured.
    await delay(20);
    return { ms: 0 };
  }
  const startedAt = performance.now();
  await preparedRun();
  return { ms: performance.now() - startedAt };
}

process.on("message", (command: WorkerCommand) => {
  handleCommand(command).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => void disconnectDb().finally(() => process.exit(0)));
// Puts every post in Redis and loads every script before anything is counted.
await recordViews((await createPeople(1))[0]?.seq ?? 0, posts);
await syncViews({ source: "script" });
process.send?.({ ms: 0 });
