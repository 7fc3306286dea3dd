import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { db, isUniqueViolation, type Transaction, transaction } from "../db";
import { takeMailAllowance } from "../rate-limit/handler-limits";
import { changeAccount } from "../sessions";
import { type LockedUser, lockCaller, lockUser } from "./lock";
import {
  consumeLink,
  createLink,
  findLink,
  invalidLinkError,
  type LinkRecipient,
  revokeLinks,
} from "./mail-links";
import { accountLocale, enqueueLinkMail, enqueueNoticeMail } from "./mails";

/** Mails the confirmation link of a new account, in the transaction that creates it. */
export async function sendFirstConfirmation(
  tx: Transaction,
  account: LinkRecipient & { locale: Locale },
): Promise<void> {
  const { id } = await createLink(tx, "confirm_address", account);
  await enqueueLinkMail(tx, "confirm_address", id, { locale: account.locale, ownerId: account.id });
}

/**
 * Mails a new link that confirms the caller's address. Voids the previous one, and with it an unconfirmed change of
 * address.
 *
 * @throws {AppError} conflict when the address is confirmed already, rate_limited after too many mails in an hour
 */
export async function resendConfirmation({ userId }: { userId: string }, locale: Locale): Promise<void> {
  const account = await db().user.findUnique({
    where: { id: userId },
    select: { email: true, confirmedAt: true },
  });
  if (!account) throw new AppError("unauthenticated");
  if (account.confirmedAt) throw alreadyConfirmedError();
  await withConfirmationMail(account.email, () =>
    transaction(async (tx) => {
      const user = await lockCaller(tx, userId);
      if (user.confirmed) throw alreadyConfirmedError();
      const { id, created } = await createLink(tx, "confirm_address", user);
      if (!created) throw tooManyMailsError();
      await enqueueLinkMail(tx, "confirm_address", id, {
        locale: accountLocale(user, locale),
        ownerId: userId,
      });
    }),
  );
}

function alreadyConfirmedError(): AppError {
  return new AppError("conflict", { message: "address_already_confirmed" });
}

/**
 * Runs a transaction that mails a confirmation link, or its decoy, to an address. The mail counts unless it fails.
 * @throws {AppError} rate_limited when the address was sent as many as an hour allows, no matter who asked for them
 */
export async function withConfirmationMail<R>(email: string, write: () => Promise<R>): Promise<R> {
  const mail = await takeMailAllowance("confirm_address", email);
  if (!mail.allowed) throw tooManyMailsError();
  try {
    return await write();
  } catch (error) {
    await mail.returnTokens();
    throw error;
  }
}

export function tooManyMailsError(): AppError {
  return new AppError("rate_limited", { message: "too_many_mails", retryAfterSeconds: 3_600 });
}

/**
 * Uses a confirmation link: confirms the account's current address, or makes the link's address the account's.
 *
 * @returns which of the two
 * @throws {AppError} bad_request when the link is invalid; conflict when another account has taken the address since
 */
export async function confirmAddress(
  token: string,
  auditContext: AuditContext = {},
): Promise<"confirmed" | "changed"> {
  const { id, userId, email } = await findLink("confirm_address", token);
  return changeAccount(userId, async (tx) => {
    const user = await lockUser(tx, { id: userId });
    if (!user) throw invalidLinkError();
    await consumeLink(tx, "confirm_address", id);
    const isSame = user.email === email;
    await setAddress(tx, user, email);
    await recordAudit(tx, {
      action: isSame ? "address_confirmed" : "address_changed",
      actorId: userId,
      subject: `user:${userId}`,
      ...auditContext,
    });
    if (isSame) return "confirmed";
    // The old mailbox must no longer give access to the account.
    await revokeLinks(tx, userId);
    await enqueueNoticeMail(tx, user, { notice: "address_changed", key: id, address: user.email });
    return "changed";
  });
}

async function setAddress(tx: Transaction, { id }: LockedUser, email: string): Promise<void> {
  try {
    await tx.user.update({
      where: { id },
      data: { email, confirmedAt: new Date(now()) },
      select: { id: true },
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError("conflict", { message: "email_taken", cause: error });
    throw error;
  }
}
