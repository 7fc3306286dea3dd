import { accountLocale, requirePassword } from "../accounts";
import { anonymiseAccountEvents } from "../analytics";
import { anonymiseAccountAudit, recordAudit } from "../audit";
import { cacheManager, type RecordTags } from "../cache";
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
import { enqueue, eraseAccountTasks } from "../tasks";
import { deleteCachedViews, syncViewsBeforeErasure } from "../views";
import { lockForDeletion } from "./lock-for-deletion";
import { requireNoUnsettledOrders } from "./require-no-unsettled-orders";

export { deletionSchema } from "./client";

interface DeletionOptions {
  /** Of the request; the mail is in the account's own where it has one. */
  locale: Locale;
  requestId?: string;
}

/**
 * Deletes an account for good. What becomes of each thing it has is in inventory.ts; in short: what it said goes, what
 * others have bought or counted stays without its name, and nobody's money is left between two accounts.
 *
 * All of it is one transaction, so that a crash leaves the whole account or none of it. Whatever is done for the
 * account at the same moment either commits before, and goes with it, or finds it gone. When this resolves no instance
 * lets its sessions in any more, and feeds show its posts no more.
 *
 * @throws {AppError} fresh_sign_in_required; bad_request for a wrong password; conflict while money is in motion (with
 *         the orders), and for the last administrator; unauthenticated when it is gone already
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
  const erased = await cacheManager.withRecordedInvalidation((recordTags) =>
    changeAccount(userId, (tx) => eraseAccount(tx, caller, recordTags, options), {
      revoke: "all",
      reason: "deleted",
    }),
  );
  log().info({ userId, posts: erased.postIds.length }, "an account was deleted");
  // Speed, not safety: nobody believes what stays in Redis, and it expires.
  await Promise.all([
    deleteCachedViews(erased.postIds),
    clearSellerSums(userId, erased.currencies),
    erasePresence(userId),
    evictSessions(userId, erased.sessionIds),
    publishAccountErased(userId, erased.chatIds),
  ]);
}

/** What Redis is to forget after the commit. */
interface ErasedData {
  postIds: string[];
  currencies: string[];
  sessionIds: string[];
  chatIds: string[];
}

/** What is not here goes, or loses the name, by its foreign key when the account's row goes. */
async function eraseAccount(
  tx: Transaction,
  { userId, role }: SignedInCaller,
  recordTags: RecordTags,
  { locale, requestId }: DeletionOptions,
): Promise<ErasedData> {
  await lockAccountTrade(tx, userId);
  await lockAccountChats(tx, userId);
  const person = await lockForDeletion(tx, userId, role);
  await requireNoUnsettledOrders(tx, userId);

  const postIds = await deleteAccountPosts(tx, userId, recordTags);
  const currencies = await deleteAccountSales(tx, userId);
  await deleteAccountProducts(tx, userId);
  await deleteAccountFiles(tx, userId);
  await eraseAccountTasks(tx, userId, person.email);
  // After the tasks: one that was under way has left its notification, and no other will.
  await anonymiseAccountNotifications(tx, userId);
  const chatIds = await eraseAccountChats(tx, userId);
  await anonymiseAccountEvents(tx, userId);
  await anonymiseAccountAudit(tx, userId);
  const sessions = await tx.session.findMany({ where: { userId }, select: { id: true } });
  const { count } = await tx.user.deleteMany({ where: { id: userId } });
  if (count === 0) throw new AppError("unauthenticated");

  // From where it was done would be more than the id.
  await recordAudit(tx, {
    action: "account_deleted",
    actorId: userId,
    subject: `user:${userId}`,
    ...(requestId ? { requestId } : {}),
  });
  await enqueue(
    tx,
    "emails",
    {
      to: { address: person.email },
      locale: accountLocale(person, locale),
      template: "account-deleted",
      props: { name: person.name },
    },
    { key: `account-deleted:${userId}` },
  );
  return { postIds, currencies, chatIds, sessionIds: sessions.map(({ id }) => id) };
}

/** They name the person. Whoever shows one is refused with or without them. */
async function evictSessions(userId: string, ids: readonly string[]): Promise<void> {
  try {
    await redisService().del(keys.userSessions(userId), ...ids.map(keys.session));
  } catch (error) {
    log().debug({ err: error }, "ended sessions of a deleted account expire in Redis");
  }
}
