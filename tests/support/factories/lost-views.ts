import { expect } from "vitest";
import { redis } from "@/lib/redis";
import { getViewSyncState, syncViews } from "@/lib/views";
import { claimBatch } from "@/lib/views/sync-views";
import { createPerson, createTestPost, persistedViews } from "./people";
import { displayedCount, expireLeases, recordNewViewers } from "./view-tools";

/**
 * Deletes some keys from Redis after two views were claimed by a sync and two more were recorded; records a fifth view
 * after that.
 * @param lost  the keys to delete, by the batch's id
 * @param kept  how many of the five views survive
 */
export async function expectCountsAfterKeyLoss(
  lost: (batchId: string) => readonly string[],
  kept: number,
): Promise<void> {
  const post = await createTestPost(await createPerson("artist"));
  await recordNewViewers(post, 2);
  const batch = await claimBatch(60_000);
  if (!batch) throw new Error("nothing was claimed");
  await recordNewViewers(post, 2);
  await redis().del(...lost(batch.id));

  await recordNewViewers(post, 1);
  // The first sync may only detect the loss.
  for (let turn = 0; turn < 3; turn += 1) {
    await syncViews({ source: "script" });
    await expireLeases();
  }
  expect(await persistedViews(post)).toEqual({ views: kept, rows: kept, base: 0 });
  expect(await displayedCount(post)).toBe(kept);
  expect(await getViewSyncState()).toMatchObject({ pendingPosts: 0, claimedBatches: 0, claimedViews: 0 });
}
