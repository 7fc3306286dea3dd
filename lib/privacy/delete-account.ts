import { accountLocale, requirePassword } from "../accounts";
import { recordAudit } from "../audit";
import { accountTag, botProjectTag, cacheManager, FEED_TAG, personTag, SHOP_TAG } from "../cache";
import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import type { Locale } from "../core/locale";
import { log } from "../core/log";
import { requireFreshSignIn, type SignedInCaller } from "../core/permission";
import type { Transaction } from "../db";
import { changeAccount, evictAccountSessions } from "../sessions";
import { backgroundTaskService, cancelAccountTasks } from "../tasks";
import { erasureTaskKey } from "./erasure-task-key";
import { hideAccount } from "./hide-account";
import { lockForDeletion } from "./lock-for-deletion";
import { requireNoUnsettledOrders } from "./require-no-unsettled-orders";

interface DeletionOptions {
  /** The request's language, used for the mail if the account has not chosen one. */
  locale: Locale;
  requestId?: string;
}

/** How long a response waits until caches have dropped what the account wrote. */
const HIDING_BUDGET_MS = 5_000;

/**
 * Deletes an account permanently, in two steps, so that its size does not matter. inventory.ts lists what happens to
 * each column; in short: its content is deleted, orders and counts that concern other users stay without its name, and
 * no order is left unsettled.
 *
 * 1. Here, in one transaction: the account is marked as deleted, its name, profile, address and password are removed, the
 *    address is free, its sessions are revoked, and the task of the second step is enqueued. When this resolves, no
 *    instance accepts its sessions, and no reader shows it or what it wrote.
 * 2. The queue `account-erasures` erases what it wrote, in batches, and then its row (erase-account.ts).
 *
 * A crash leaves the whole account, or one that is hidden and will be erased.
 *
 * @throws {AppError} fresh_sign_in_required; bad_request for a wrong password; conflict while orders are unsettled
 *         (with the orders), and for the last administrator; unauthenticated when it is deleted already
 */
export async function deleteAccount(
  caller: SignedInCaller,
  password: string,
  options: DeletionOptions,
): Promise<void> {
  const { userId } = caller;
  requireFreshSignIn(caller);
  await requirePassword(caller, password);
  const sessionIds = await changeAccount(userId, (tx) => requestDeletion(tx, caller, options), {
    revoke: "all",
    reason: "deleted",
  });
  log().info({ userId }, "account deletion requested");
  await failpoint("privacy.requested");
  try {
    await Promise.all([
      hideAccount(userId, HIDING_BUDGET_MS),
      // Best effort: what remains in Redis is not used any more, and expires.
      evictAccountSessions(userId, sessionIds),
    ]);
  } catch (error) {
    log().warn(
      { err: error, userId },
      "deleted account not yet hidden in caches: left to its erasure's task",
    );
  }
}

/** The commit invalidates lists of posts and products; {@link hideAccount} invalidates each post and product. */
async function invalidateLists(tx: Transaction, userId: string): Promise<void> {
  const post = await tx.post.findFirst({ where: { authorId: userId }, select: { id: true } });
  const product = await tx.product.findFirst({ where: { sellerId: userId }, select: { id: true } });
  await cacheManager.invalidateAfterCommit(tx, [
    accountTag(userId),
    ...(post ? [FEED_TAG] : []),
    ...(product ? [SHOP_TAG] : []),
  ]);
}

/** @returns the ids of the sessions that the deletion has revoked */
async function requestDeletion(
  tx: Transaction,
  { userId, seq, role }: SignedInCaller,
  { locale, requestId }: DeletionOptions,
): Promise<string[]> {
  const user = await lockForDeletion(tx, userId, role);
  await requireNoUnsettledOrders(tx, userId);
  await cancelAccountTasks(tx, userId, user.email);
  await tx.user.update({
    where: { id: userId },
    data: {
      deletedAt: new Date(now()),
      // Placeholders that no address, handle, code or hash can be.
      ...{ email: `deleted:${userId}`, handle: `deleted:${userId}`, referralCode: userId },
      ...{ passwordHash: "", name: "", bio: "", links: [], pictureFileId: null },
      ...{ role: "listener", locale: null, confirmedAt: null, referredById: null, hidesPresence: true },
    },
    select: { id: true },
  });
  // Free for others at once, as the present one is.
  await tx.formerHandle.deleteMany({ where: { userId } });
  const bots = await tx.botProject.findMany({ where: { ownerId: userId }, select: { id: true } });
  const tags = [personTag(user.handle), ...bots.map(({ id }) => botProjectTag(id))];
  await cacheManager.invalidateAfterCommit(tx, tags);
  await invalidateLists(tx, userId);

  // Without the client's address and browser: only the id may remain of a deleted account.
  await recordAudit(tx, {
    action: "account_deleted",
    actorId: userId,
    subject: `user:${userId}`,
    ...(requestId ? { requestId } : {}),
  });
  // An unconfirmed address may be a stranger's, who must not get a mail for every account made with it.
  if (user.confirmed) {
    await backgroundTaskService.sendTemplatedEmail(
      {
        to: { address: user.email },
        locale: accountLocale(user, locale),
        template: "account-deleted",
        props: { name: user.name },
      },
      { tx, key: `account-deleted:${userId}` },
    );
  }
  const firstRun = { userId, seq, run: 1 };
  await backgroundTaskService.eraseAccount(firstRun, { tx, key: erasureTaskKey(firstRun) });
  const sessions = await tx.session.findMany({
    where: { userId, revokedFor: "deleted" },
    select: { id: true },
  });
  return sessions.map(({ id }) => id);
}
