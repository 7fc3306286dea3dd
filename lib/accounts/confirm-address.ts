import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { isUniqueViolation, type Transaction, transaction } from "../db";
import { changeAccount } from "../sessions";
import { type LockedPerson, lockCaller, lockPerson } from "./lock";
import { type Addressee, findLink, invalidLink, makeLink, useLink, voidLinks } from "./mail-links";
import { localeOf, mailLink, mailNotice } from "./mails";

/** For a new account, in the transaction that makes it. */
export async function mailFirstConfirmation(
  tx: Transaction,
  person: Addressee & { locale: Locale },
): Promise<void> {
  const { id } = await makeLink(tx, "confirm_address", person);
  await mailLink(tx, "confirm_address", id, { locale: person.locale, ownerId: person.id });
}

/**
 * Mails the link once more that confirms one's address. The one before is void with it, and so is a change of
 * address that waits to be confirmed.
 *
 * @throws {AppError} conflict when it is confirmed, rate_limited when the hour has had enough mails
 */
export async function sendConfirmationAgain({ userId }: { userId: string }, locale: Locale): Promise<void> {
  await transaction(async (tx) => {
    const person = await lockCaller(tx, userId);
    if (person.confirmed) throw new AppError("conflict", { message: "address_already_confirmed" });
    const { id, made } = await makeLink(tx, "confirm_address", person);
    if (!made) throw tooManyMails();
    await mailLink(tx, "confirm_address", id, { locale: localeOf(person, locale), ownerId: userId });
  });
}

export function tooManyMails(): AppError {
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
  from: AuditContext = {},
): Promise<"confirmed" | "changed"> {
  const { id, userId, email } = await findLink("confirm_address", token);
  return changeAccount(userId, async (tx) => {
    const person = await lockPerson(tx, { id: userId });
    if (!person) throw invalidLink();
    await useLink(tx, "confirm_address", id);
    const isSame = person.email === email;
    await takeAddress(tx, person, email);
    await recordAudit(tx, {
      action: isSame ? "address_confirmed" : "address_changed",
      actorId: userId,
      subject: `user:${userId}`,
      ...from,
    });
    if (isSame) return "confirmed";
    // A way back in through the old mailbox is what a change of address is to close.
    await voidLinks(tx, userId);
    await mailNotice(tx, person, { notice: "address_changed", key: id, address: person.email });
    return "changed";
  });
}

async function takeAddress(tx: Transaction, { id }: LockedPerson, email: string): Promise<void> {
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
