import { describe, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { db, retryOnConflict } from "@/lib/db";
import { getViewCounts, getViewSyncState, recordViews, syncViews } from "@/lib/views";
import { loadViewRows, type ViewRow } from "@/lib/views/view-counter";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { runs } from "@/tests/support/fuzz/runs";
import { KILL_POINTS, startCrashingWorkers } from "@/tests/support/processes/crashing-workers";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** `RUNS=3` runs all three. */
const SEEDS = [11, 22, 33].slice(0, runs(1));
const VIEWS = 10_000;
const PEOPLE = 500;
const POSTS = 40;
const CONCURRENCY = 100;
const SYNCS = 4;
const LEASE_MS = 300;
/** Each of the five kill points twice. */
const KILLS = 10;

/** A post and what a client knows of it. */
interface ExpectedPost {
  id: string;
  base: number;
  author: number;
  /** Viewers whose view was sent, and those whose view got a response; the author's never count. */
  sent: Set<number>;
  answered: Set<number>;
  deleted: boolean;
  /** The highest count shown so far. */
  shown: number;
}

/**
 * Checks the counts shown: at least the views with a response before the read, at most the views sent before its
 * result, and never less than an earlier count. An erased account may take back a view that was not synced yet.
 */
class CountChecker {
  readonly faults: string[] = [];
  readonly gone = new Set<number>();

  /** Call it before a read and pass the count shown to the result. */
  startRead(post: ExpectedPost): (count: number) => void {
    const { size: answered } = post.answered;
    const before = post.shown;
    return (count) => {
      if (post.deleted) return;
      const takenBackViews = [...this.gone].filter((seq) => post.sent.has(seq)).length;
      const low = post.base + answered - takenBackViews;
      const high = post.base + post.sent.size;
      if (count < low || count > high) this.faults.push(`${post.id} shows ${count}, not ${low} to ${high}`);
      if (count < before - takenBackViews)
        this.faults.push(`${post.id} went from ${before} back to ${count}`);
      post.shown = Math.max(post.shown, count);
    };
  }
}

describe("10,000 views by 500 users of 40 posts, with four concurrent syncs killed at every step", () => {
  it.each(SEEDS)("count every pair once and never decrease (seed %i)", async (seed) => {
    const random = seededRandom(seed);
    const people = await createPeople(PEOPLE, "artist");
    const posts = await Promise.all(
      Array.from({ length: POSTS }, () => createExpectedPost(pick(people, random), random)),
    );
    const checker = new CountChecker();
    const views = planViews(people, posts, random);

    const workers = startCrashingWorkers(SYNCS, LEASE_MS, random);
    let done = false;
    const pollers = [poll(posts, checker, () => done), pollCounts(posts, checker, () => done)];
    try {
      for (let offset = 0; offset < views.length; offset += CONCURRENCY) {
        await Promise.all(
          views
            .slice(offset, offset + CONCURRENCY)
            .map(([viewer, post]) => (checker.gone.has(viewer) ? null : recordView(viewer, post, checker))),
        );
        if (offset === VIEWS * 0.3) await deletePost(pick(posts, random));
        if (offset === VIEWS * 0.5) await deleteAccount(pick(people, random).seq, posts, checker);
        if (offset === VIEWS * 0.7)
          await deleteAccount(
            pick(
              posts.filter((post) => !post.deleted),
              random,
            ).author,
            posts,
            checker,
          );
        // Spreads the views over the kills, unless no view is left to sync.
        await waitUntil(
          "a sync process was killed",
          async () => workers.total >= (offset / VIEWS) * KILLS || (await isFullySynced()),
        );
      }
      await workers.stop();
      await waitUntil("everything is synced", async () => {
        await syncViews({ source: "script", leaseMs: LEASE_MS });
        return isFullySynced();
      });
    } finally {
      done = true;
      await Promise.all([workers.stop(), ...pollers]);
    }

    expect(checker.faults).toEqual([]);
    for (const step of KILL_POINTS) expect(workers.kills.get(step), step).toBeGreaterThan(0);
    for (const post of posts) await expectExact(post, checker);
  });
});

async function createExpectedPost(author: Caller, random: () => number): Promise<ExpectedPost> {
  const base = Math.floor(random() * 100);
  const id = await createTestPost(author, base);
  return { id, base, author: author.seq, sent: new Set(), answered: new Set(), deleted: false, shown: base };
}

/** A few posts get most of the views; one view in five is a repeat, one in fifty the author's own. */
function planViews(
  people: Caller[],
  posts: ExpectedPost[],
  random: () => number,
): [viewer: number, post: ExpectedPost][] {
  const views: [number, ExpectedPost][] = [];
  while (views.length < VIEWS) {
    const kind = random();
    const post = posts[Math.floor(random() ** 2 * posts.length)] ?? pick(posts, random);
    if (kind < 0.2 && views.length > 0) views.push(pick(views, random));
    else if (kind < 0.22) views.push([post.author, post]);
    else views.push([pick(people, random).seq, post]);
  }
  return views;
}

/** Records one view, sometimes sent twice concurrently. */
async function recordView(viewer: number, post: ExpectedPost, checker: CountChecker): Promise<void> {
  const reportCount = checker.startRead(post);
  if (viewer !== post.author) post.sent.add(viewer);
  const copies = viewer % 10 === 0 ? 2 : 1;
  const results = await Promise.all(Array.from({ length: copies }, () => recordViews(viewer, [post.id])));
  if (viewer !== post.author) post.answered.add(viewer);
  for (const [view] of results) if (view && view.status !== "unknown") reportCount(view.viewsCount);
}

/** Reads counts as the feed does, also with the rows of the previous round, as a slow request does. */
async function poll(posts: ExpectedPost[], checker: CountChecker, done: () => boolean): Promise<void> {
  let previousRows = new Map<string, ViewRow>();
  while (!done()) {
    const live = posts.filter(({ deleted }) => !deleted);
    const rows = await loadViewRows(live.map(({ id }) => id));
    for (const batch of [rows, previousRows]) {
      const reads = live.map((post) => ({ post, reportCount: checker.startRead(post) }));
      const counts = await getViewCounts([...batch.values()]);
      for (const { post, reportCount } of reads) {
        const count = counts.get(post.id);
        if (count !== undefined) reportCount(count);
      }
    }
    previousRows = rows;
  }
}

/** Post.views and the rows of PostView agree in every committed state. */
async function pollCounts(posts: ExpectedPost[], checker: CountChecker, done: () => boolean): Promise<void> {
  while (!done()) {
    const wrong = await db().$queryRaw<{ id: string }[]>`
      SELECT id FROM "Post" post WHERE id = ANY(${posts.map(({ id }) => id)}::uuid[])
      AND views <> "viewsBase" + (SELECT count(*) FROM "PostView" WHERE "postId" = post.id)`;
    for (const { id } of wrong)
      checker.faults.push(`${id}: views is not viewsBase plus the rows of PostView`);
  }
}

async function deletePost(post: ExpectedPost): Promise<void> {
  post.deleted = true;
  await db().post.delete({ where: { id: post.id } });
}

async function deleteAccount(seq: number, posts: ExpectedPost[], checker: CountChecker): Promise<void> {
  checker.gone.add(seq);
  for (const post of posts) if (post.author === seq) post.deleted = true;
  await retryOnConflict(() => db().user.delete({ where: { seq } }));
}

async function isFullySynced(): Promise<boolean> {
  const { available, pendingViews, claimedBatches } = await getViewSyncState();
  return available && pendingViews === 0 && claimedBatches === 0;
}

async function expectExact(post: ExpectedPost, checker: CountChecker): Promise<void> {
  if (post.deleted) {
    expect(await db().post.findUnique({ where: { id: post.id } })).toBeNull();
    return;
  }
  const rows = await db().postView.findMany({ where: { postId: post.id }, select: { viewerSeq: true } });
  const named = rows.flatMap(({ viewerSeq }) => (viewerSeq === null ? [] : [viewerSeq]));
  const stayed = [...post.sent].filter((seq) => !checker.gone.has(seq));
  expect(named.sort((a, b) => a - b)).toEqual(stayed.sort((a, b) => a - b));
  // Views of erased accounts that were synced before stay, without a viewer.
  expect(rows.length - named.length).toBeLessThanOrEqual(post.sent.size - stayed.length);
  expect(await persistedViews(post.id)).toEqual({
    views: post.base + rows.length,
    rows: rows.length,
    base: post.base,
  });
  const counts = await getViewCounts([...(await loadViewRows([post.id])).values()]);
  expect(counts.get(post.id)).toBe(post.base + rows.length);
}
