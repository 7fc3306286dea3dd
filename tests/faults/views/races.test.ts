import { Client } from "pg";
import { describe, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, isConflict } from "@/lib/db";
import { type PersistedPost, persistViews, type ViewPair } from "@/lib/views/view-counter";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const ROUNDS = runs(30);
const CONCURRENCY = 8;
const PAIRS = 300;

/** Number of deadlocks since Postgres started. Sessions report theirs at their end at the latest. */
async function deadlocks(): Promise<number> {
  await disconnectDb();
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    await waitUntil("the other sessions have ended", async () => {
      const { rows } = await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
      return rows.length === 0;
    });
    const { rows } = await client.query<{ deadlocks: string }>(
      "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
    );
    return Number(rows[0]?.deadlocks);
  } finally {
    await client.end();
  }
}

function randomPairs(people: Caller[], posts: string[], random: () => number): ViewPair[] {
  return Array.from({ length: PAIRS }, () => ({
    postId: pick(posts, random),
    viewerSeq: pick(people, random).seq,
  }));
}

/**
 * Orders by version; the statement that created a version comes before those that inserted nothing and read it later.
 */
function byVersion(a: PersistedPost, b: PersistedPost): number {
  return a.version - b.version || b.inserted.length - a.inserted.length;
}

/** Deletes sequentially: two concurrent deletions may deadlock each other, which is not tested here. */
async function deleteSome(people: Caller[], posts: string[]): Promise<void> {
  for (const { userId } of people) await db().user.delete({ where: { id: userId } });
  // The cascade of a deleted account may already have deleted the post.
  await db().post.deleteMany({ where: { id: { in: posts } } });
}

describe("persistViews against itself on a real Postgres", () => {
  it("has no deadlock with overlapping pairs, direct writes, and accounts and posts deleted meanwhile", async () => {
    const random = seededRandom(7);
    const people = await createPeople(200, "artist");
    // Every author has several posts, created in another order than that of their ids.
    const authors = people.slice(0, 60);
    const posts = await Promise.all(
      [...authors, ...authors, ...authors].map((author) => createTestPost(author, 5)),
    );
    const doomed = [...people.slice(100, 120), ...authors.slice(0, 40)];
    const doomedPosts = posts.filter((_, index) => index % 60 >= 55);
    const before = await deadlocks();

    for (let round = 0; round < ROUNDS; round += 1) {
      const wave: Promise<unknown>[] = Array.from({ length: CONCURRENCY }, () =>
        persistViews(randomPairs(people, posts, random), newId()),
      );
      for (const pair of randomPairs(people, posts, random).slice(0, 4))
        wave.push(persistViews([pair], null));
      wave.push(deleteSome(doomed.splice(-2), doomedPosts.splice(-1)));
      const outcomes = await Promise.allSettled(wave);
      expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
    }

    expect((await deadlocks()) - before).toBe(0);
    const left = await db().post.findMany({ where: { id: { in: posts } }, select: { id: true } });
    expect(left.length).toBeGreaterThan(30);
    for (const { id } of left) {
      const { views, rows, base } = await persistedViews(id);
      expect(views).toBe(base + rows);
    }
  });

  it("returns to each concurrent call exactly what it inserted, and ends on the newest version", async () => {
    const [author, ...people] = await createPeople(301);
    if (!author) throw new Error("a user is missing");
    const post = await createTestPost(author);
    const pairs = people.map(({ seq }) => ({ postId: post, viewerSeq: seq }));
    const calls = await Promise.all(
      Array.from({ length: 12 }, (_, at) => persistViews(pairs.slice(at * 20, at * 20 + 80), newId())),
    );

    const results = calls.flatMap(({ posts }) => posts);
    expect(results.flatMap(({ inserted }) => inserted).sort((a, b) => a - b)).toEqual(
      people.map(({ seq }) => seq).sort((a, b) => a - b),
    );
    // Each returns the state that it left: in the order of versions the counts add up.
    let views = 0;
    for (const row of results.sort(byVersion)) {
      views += row.inserted.length;
      expect(row.views).toBe(views);
    }
    expect(views).toBe(300);
  });

  it("recognises a deadlock that must be retried", async () => {
    const [first, second] = await createPeople(2);
    const rename = (order: Caller[]) =>
      db().$transaction(async (tx) => {
        for (const { userId } of order) {
          await tx.user.update({ where: { id: userId }, data: { name: "Renamed" } });
          // Both have locked one row before either needs the other.
          await tx.$queryRaw`SELECT 1 FROM pg_sleep(0.05)`;
        }
      });
    const outcomes = await Promise.allSettled([rename([first, second]), rename([second, first])]);
    const rejections = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(rejections).toHaveLength(1);
    expect(isConflict(rejections[0])).toBe(true);
  });
});
