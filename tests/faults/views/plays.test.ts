import { expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { db } from "@/lib/db";
import { getViewSyncState, recordPlay, syncViews } from "@/lib/views";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { createPlayablePost, displayedPlays, persistedPlays } from "@/tests/support/factories/play-tools";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { KILL_POINTS, startCrashingWorkers } from "@/tests/support/processes/crashing-workers";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const HOUR_MS = 3_600_000;
const PLAYS = 2_000;
const CONCURRENCY = 50;
const LEASE_MS = 300;

async function isSynced(): Promise<boolean> {
  const { available, plays } = await getViewSyncState();
  return available && plays.pendingViews === 0 && plays.claimedBatches === 0;
}

it("2,000 plays in three hours count each listener once an hour while two syncs are killed at every step", async () => {
  const random = seededRandom(44);
  let time = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const restoreClock = setClock({ now: () => time });
  const author = await createPerson("artist");
  const posts = await Promise.all(Array.from({ length: 5 }, () => createPlayablePost(author)));
  const people = await createPeople(60);
  const expected = new Map(posts.map((post) => [post, new Set<string>()]));
  const faults: string[] = [];
  const workers = startCrashingWorkers(2, LEASE_MS, random);
  try {
    for (let sent = 0; sent < PLAYS; sent += CONCURRENCY) {
      time += (3 * HOUR_MS * CONCURRENCY) / PLAYS;
      const hour = Math.floor(time / HOUR_MS);
      await Promise.all(
        Array.from({ length: CONCURRENCY }, async () => {
          const [post, { seq }] = [pick(posts, random), pick(people, random)];
          const before = expected.get(post)?.size ?? 0;
          const { status, count } = await recordPlay(seq, post);
          expected.get(post)?.add(`${seq}:${hour}`);
          if (status === "unknown" || count < before)
            faults.push(`${post}: ${status}, ${count} of ${before}`);
        }),
      );
      for (const post of posts) {
        const [shown, should] = [await displayedPlays(post), expected.get(post)?.size ?? 0];
        if (shown !== should) faults.push(`${post} shows ${shown} plays, not ${should}`);
      }
      await waitUntil(
        "a sync was killed",
        async () => workers.total >= (sent / PLAYS) * KILL_POINTS.length || (await isSynced()),
      );
    }
    await waitUntil("every step was reached", async () => {
      await recordPlay(pick(await createPeople(1), random).seq, pick(posts, random)).then(({ postId }) =>
        expected.get(postId)?.add(`later ${expected.get(postId)?.size}`),
      );
      return KILL_POINTS.every((step) => (workers.kills.get(step) ?? 0) > 0);
    });
    await workers.stop();
    await waitUntil("all plays are synced", async () => {
      await Promise.all([
        syncViews({ source: "script", leaseMs: LEASE_MS }),
        syncViews({ source: "script", leaseMs: LEASE_MS }),
      ]);
      return isSynced();
    });
  } finally {
    await workers.stop();
    restoreClock();
  }
  expect(faults).toEqual([]);
  for (const post of posts) {
    const size = expected.get(post)?.size ?? 0;
    expect(await persistedPlays(post)).toEqual({ plays: size, rows: size });
    expect(await displayedPlays(post)).toBe(size);
    const hours = await db().postPlay.groupBy({ by: ["listenerSeq", "hour"], where: { postId: post } });
    expect(hours).toHaveLength(size);
  }
});
