import { expect } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { createPost, getPost, listPosts } from "@/lib/posts";
import { keys, redis } from "@/lib/redis";
import type { FaultMode, FaultProxy } from "@/tests/support/proxies/fault-proxy";

/** Longer than the time (ms) for which a process trusts its memory cache. */
export const PAST_TRUST_LEASE_MS = 1_005;

export const createLongPost = (author: Caller, title: string) =>
  createPost(author, {
    title,
    text: "words ".repeat(300),
    tags: ["house"],
    audioFileId: null,
    coverFileId: null,
  });

/** @param advanceClock  moves the clock forward by this many ms */
export async function expectPagesWithoutPostgres(
  postgres: FaultProxy,
  mode: FaultMode,
  author: Caller,
  advanceClock: (ms: number) => void,
): Promise<void> {
  const { id } = await createLongPost(author, "Still here");
  await Promise.all([listPosts(), getPost(id)]);
  await waitForDeferredWork();
  await postgres.set(mode);
  // Without the trust lease Postgres would be queried for missed invalidations. It is down, so no post can have
  // changed.
  await redis().del(keys.cacheTrustLease);
  for (const aheadMs of [0, PAST_TRUST_LEASE_MS, 400_000]) {
    advanceClock(aheadMs);
    const startedAt = performance.now();
    expect((await getPost(id))?.title).toBe("Still here");
    expect((await listPosts()).items[0]?.title).toBe("Still here");
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  }
}
