import { hideAccountChats } from "../chat";
import { clearSellerSums } from "../leaderboards";
import { hideAuthorPosts } from "../posts";
import { erasePresence } from "../presence";
import { hideSellerProducts } from "../shop";

/**
 * Removes an account whose deletion is committed from what does not read Postgres: caches, the logs of realtime
 * channels, presence, leaderboard sums and view counts. Nothing of it is read from Postgres any more: every reader
 * leaves out accounts with `deletedAt`. Safe to repeat.
 *
 * @param budgetMs  time limit; the erasure's task does all of it again
 */
export async function hideAccount(userId: string, budgetMs: number): Promise<void> {
  const endsAt = performance.now() + budgetMs;
  const hasTime = () => performance.now() < endsAt;
  await Promise.all([
    hideAuthorPosts(userId, hasTime),
    hideSellerProducts(userId, hasTime),
    hideAccountChats(userId, hasTime),
    clearSellerSums(userId),
    erasePresence(userId),
  ]);
}
