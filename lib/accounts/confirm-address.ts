import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { isUniqueViolation, type Transaction, transaction } from "../db";
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

/** For a new account, in the transaction that makes it. */
export async function sendFirstConfirmation(
  tx: Transaction,
  person: LinkRecipient & { locale: Locale },
): Promise<void> {
  const { id } = await createLink(tx, "confirm_address", person);
  await enqueueLinkMail(tx, "confirm_address", id, { locale: person.locale, ownerId: person.id });
}

/**
 * Mails the link once more that confirms one's address. The one before is void with it, and so is a change of
 * address that waits to be confirmed.
 *
 * @throws {AppError} conflict when it is confirmed, rate_limited when the hour has had enough mails
 */
export async function resendConfirmation({ userId }: { userId: string }, locale: Locale): Promise<void> {
  await transaction(async (tx) => {
    const person = await lockCaller(tx, userId);
    if (person.confirmed) throw new AppError("conflict", { message: "address_already_confirmed" });
    const { id, created } = await createLink(tx, "confirm_address", person);
    if (!created) throw tooManyMailsError();
    await enqueueLinkMail(tx, "confirm_address", id, {
      locale: accountLocale(person, locale),
      ownerId: userId,
    });
  });
}

export function tooManyMailsError(): AppError {
  return new AppError("rate_limited", { message: "too_many_mails", retryAfterSeconds: 3_600 });
}

/**
 * Opens the link of a mail to an address: the account's own is confirmed by it, another becomes the account's.
 *
 * @returns which of the two
 * @throws {AppError} bad_request when the link is not good; conflict when somebody else has taken the address since
 */
export async function confirmAddress(
  token: string,
  auditContext: AuditContext = {},
): Promise<"confirmed" | "changed"> {
  const { id, userId, email } = await findLink("confirm_address", token);
  return changeAccount(userId, async (tx) => {
    const person = await lockUser(tx, { id: userId });
    if (!person) throw invalidLinkError();
    await consumeLink(tx, "confirm_address", id);
    const isSame = person.email === email;
    await setAddress(tx, person, email);
    await recordAudit(tx, {
      action: isSame ? "address_confirmed" : "address_changed",
      actorId: userId,
      subject: `user:${userId}`,
      ...auditContext,
    });
    if (isSame) return "confirmed";
    // A way back in through the old mailbox is what a change of address is to close.
    await revokeLinks(tx, userId);
    await enqueueNoticeMail(tx, person, { notice: "address_changed", key: id, address: person.email });
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
