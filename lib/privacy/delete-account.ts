import { localeOf, requirePassword } from "../accounts";
import { anonymiseEventsOf } from "../analytics";
import { anonymiseAuditOf, recordAudit } from "../audit";
import { cacheManager, type NoteTags } from "../cache";
import { forgetChatsOf, lockChatsOf, tellLeft } from "../chat";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { log } from "../core/log";
import { requireFresh, type SignedInCaller } from "../core/permission";
import type { Transaction } from "../db";
import { deleteSalesOf, forgetSeller } from "../leaderboards";
import { deleteFilesOf } from "../media";
import { unnameInNotifications } from "../notifications";
import { deletePostsOf } from "../posts";
import { forgetPresence } from "../presence";
import { keys, redisService } from "../redis";
import { changeAccount } from "../sessions";
import { deleteProductsOf, lockTrade } from "../shop";
import { enqueue, forgetTasksOf } from "../tasks";
import { forgetViewsOf, syncBeforeDeletion } from "../views";
import { lockForDeletion } from "./lock-for-deletion";
import { requireSettled } from "./require-no-unsettled-orders";

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
  requireFresh(caller);
  await requirePassword(caller, password);
  await syncBeforeDeletion();
  const left = await cacheManager.invalidating((note) =>
    changeAccount(userId, (tx) => erase(tx, caller, note, options), { end: "all", why: "deleted" }),
  );
  log().info({ userId, posts: left.postIds.length }, "an account was deleted");
  // Speed, not safety: nobody believes what stays in Redis, and it expires.
  await Promise.all([
    forgetViewsOf(left.postIds),
    forgetSeller(userId, left.currencies),
    forgetPresence(userId),
    forgetSessions(userId, left.sessionIds),
    tellLeft(userId, left.chatIds),
  ]);
}

/** What Redis is to forget after the commit. */
interface Left {
  postIds: string[];
  currencies: string[];
  sessionIds: string[];
  chatIds: string[];
}

/** What is not here goes, or loses the name, by its foreign key when the account's row goes. */
async function erase(
  tx: Transaction,
  { userId, role }: SignedInCaller,
  note: NoteTags,
  { locale, requestId }: DeletionOptions,
): Promise<Left> {
  await lockTrade(tx, userId);
  await lockChatsOf(tx, userId);
  const person = await lockForDeletion(tx, userId, role);
  await requireSettled(tx, userId);

  const postIds = await deletePostsOf(tx, userId, note);
  const currencies = await deleteSalesOf(tx, userId);
  await deleteProductsOf(tx, userId);
  await deleteFilesOf(tx, userId);
  await forgetTasksOf(tx, userId, person.email);
  // After the tasks: one that was under way has left its notification, and no other will.
  await unnameInNotifications(tx, userId);
  const chatIds = await forgetChatsOf(tx, userId);
  await anonymiseEventsOf(tx, userId);
  await anonymiseAuditOf(tx, userId);
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
      locale: localeOf(person, locale),
      template: "account-deleted",
      props: { name: person.name },
    },
    { key: `account-deleted:${userId}` },
  );
  return { postIds, currencies, chatIds, sessionIds: sessions.map(({ id }) => id) };
}

/** They name the person. Whoever shows one is refused with or without them. */
async function forgetSessions(userId: string, ids: readonly string[]): Promise<void> {
  try {
    await redisService().del(keys.userSessions(userId), ...ids.map(keys.session));
  } catch (error) {
    log().debug({ err: error }, "ended sessions of a deleted account expire in Redis");
  }
}
