import { accountLocale, requirePassword } from "../accounts";
import { anonymiseAccountEvents } from "../analytics";
import { anonymiseAccountAudit, recordAudit } from "../audit";
import { eraseAccountChats, lockAccountChats, publishAccountErased } from "../chat";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { log } from "../core/log";
import { requireFreshSignIn, type SignedInCaller } from "../core/permission";
import type { Transaction } from "../db";
import { clearSellerSums, deleteAccountSales } from "../leaderboards";
import { deleteAccountFiles } from "../media";
import { anonymiseAccountNotifications } from "../notifications";
import { deleteAccountPosts } from "../posts";
import { erasePresence } from "../presence";
import { keys, redisService } from "../redis";
import { changeAccount } from "../sessions";
import { deleteAccountProducts, lockAccountTrade } from "../shop";
import { backgroundTaskService, eraseAccountTasks } from "../tasks";
import { deleteCachedViews, syncViewsBeforeErasure } from "../views";
import { lockForDeletion } from "./lock-for-deletion";
import { requireNoUnsettledOrders } from "./require-no-unsettled-orders";

interface DeletionOptions {
  /** The request's language, used for the mail if the account has not chosen one. */
  locale: Locale;
  requestId?: string;
}

/**
 * Deletes an account permanently. inventory.ts lists what happens to each column; in short: its content is deleted,
 * orders and counts that concern other users stay without its name, and no order is left unsettled.
 *
 * All of it is one transaction: a crash leaves the whole account or none of it. A concurrent write for the account
 * either commits before and is deleted too, or finds no account. When this resolves, no instance accepts its sessions
 * or shows its posts in feeds or its products in the shop.
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
  await syncViewsBeforeErasure();
  const erased = await changeAccount(userId, (tx) => eraseAccount(tx, caller, options), {
    revoke: "all",
    reason: "deleted",
  });
  log().info({ userId, posts: erased.postIds.length }, "account deleted");
  // Best effort: what remains in Redis is not used any more, and expires.
  await Promise.all([
    deleteCachedViews(erased.postIds),
    clearSellerSums(userId, erased.currencies),
    erasePresence(userId),
    evictSessions(userId, erased.sessionIds),
    publishAccountErased(userId, erased.chatIds),
  ]);
}

/** What must be evicted from Redis after the commit. */
interface ErasedData {
  postIds: string[];
  currencies: string[];
  sessionIds: string[];
  chatIds: string[];
}

/** Tables that are not here follow their foreign key when the account's row is deleted: CASCADE or SET NULL. */
async function eraseAccount(
  tx: Transaction,
  { userId, role }: SignedInCaller,
  { locale, requestId }: DeletionOptions,
): Promise<ErasedData> {
  await lockAccountTrade(tx, userId);
  await lockAccountChats(tx, userId);
  const user = await lockForDeletion(tx, userId, role);
  await requireNoUnsettledOrders(tx, userId);

  const postIds = await deleteAccountPosts(tx, userId);
  const currencies = await deleteAccountSales(tx, userId);
  await deleteAccountProducts(tx, userId);
  await deleteAccountFiles(tx, userId);
  await eraseAccountTasks(tx, userId, user.email);
  // After the tasks: a running one has committed its notification by then, and no other task can.
  await anonymiseAccountNotifications(tx, userId);
  const chatIds = await eraseAccountChats(tx, userId);
  await anonymiseAccountEvents(tx, userId);
  await anonymiseAccountAudit(tx, userId);
  const sessions = await tx.session.findMany({ where: { userId }, select: { id: true } });
  const { count } = await tx.user.deleteMany({ where: { id: userId } });
  if (count === 0) throw new AppError("unauthenticated");

  // Without the client's address and browser: only the id may remain of a deleted account.
  await recordAudit(tx, {
    action: "account_deleted",
    actorId: userId,
    subject: `user:${userId}`,
    ...(requestId ? { requestId } : {}),
  });
  // An unconfirmed address may be a stranger's, who must not get a mail for every account made with it.
  if (user.confirmed)
    await backgroundTaskService.sendTemplatedEmail(
      {
        to: { address: user.email },
        locale: accountLocale(user, locale),
        template: "account-deleted",
        props: { name: user.name },
      },
      { tx, key: `account-deleted:${userId}` },
    );
  return { postIds, currencies, chatIds, sessionIds: sessions.map(({ id }) => id) };
}

/** Evicts the sessions, which contain name and address. Their tokens are refused in any case. */
async function evictSessions(userId: string, ids: readonly string[]): Promise<void> {
  try {
    await redisService().del(keys.userSessions(userId), ...ids.map(keys.session));
  } catch (error) {
    log().debug({ err: error }, "sessions of a deleted account left to expire: Redis unavailable");
  }
}
