import { randomInt } from "node:crypto";
import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { accountTag, cacheManager } from "../cache";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import { db, isUniqueViolation, transaction } from "../db";
import { takeMailAllowance } from "../rate-limit/handler-limits";
import type { signUpSchema, User } from "../schemas/account";
import { sendFirstConfirmation } from "./confirm-address";
import { hashPassword } from "./password";
import { requireStrongPassword } from "./password-rules";
import { toUser, userColumns } from "./user";

/** No vowels, so that no words arise, and no look-alikes, so that a code can be read aloud. */
const REFERRAL_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789";
const REFERRAL_CODE_LENGTH = 8;
/** Each attempt after the first sees the handles that the others took, and takes one with random digits. */
const MAX_ATTEMPTS = 4;
/** When all attempts met a handle that another sign-up had just taken. */
const RETRY_SECONDS = 2;

/**
 * Creates an account, and mails the link that confirms its address. Without the mail when the address was sent as many
 * as an hour allows: refusing would let a stranger keep its owner from signing up. The link can be asked for later.
 *
 * @param locale  the request's language, which becomes that of the account's mails
 * @throws {AppError} conflict when the address is taken; bad_request for an unknown referral code, and for a common
 *         password; unavailable when other accounts of the same name took every handle that was tried
 */
export async function signUp(
  { email, name, password, referralCode }: z.output<typeof signUpSchema>,
  { locale, ...auditContext }: AuditContext & { locale: Locale },
): Promise<{ user: User }> {
  const referredById = referralCode ? await findReferrerId(referralCode) : null;
  await requireStrongPassword(password, { email, name });
  const passwordHash = await hashPassword(password);
  const id = newId();
  const mail = await takeMailAllowance("confirm_address", email);
  const createAccount = () =>
    transaction(async (tx) => {
      const row = await tx.user.create({
        data: { id, email, name, passwordHash, locale, referralCode: newReferralCode(), referredById },
        select: userColumns,
      });
      if (referredById !== null) await cacheManager.invalidateAfterCommit(tx, [accountTag(referredById)]);
      if (mail.allowed) await sendFirstConfirmation(tx, { id, email, locale });
      await recordAudit(tx, { action: "sign_up", actorId: id, subject: `user:${id}`, ...auditContext });
      return { user: toUser(row) };
    });
  for (let attempt = 1; ; attempt++) {
    try {
      return await createAccount();
    } catch (error) {
      const isTaken = isUniqueViolation(error);
      const isAddress = isTaken && (await hasAccount(email));
      // Not the address: another account of the same name, and so of the same handle, was made at the same moment.
      if (isTaken && !isAddress && attempt < MAX_ATTEMPTS) continue;
      await mail.returnTokens();
      if (isAddress) throw new AppError("conflict", { message: "email_taken", field: "email", cause: error });
      if (isTaken) throw new AppError("unavailable", { retryAfterSeconds: RETRY_SECONDS, cause: error });
      throw error;
    }
  }
}

async function hasAccount(email: string): Promise<boolean> {
  return (await db().user.findUnique({ where: { email }, select: { id: true } })) !== null;
}

async function findReferrerId(referralCode: string): Promise<string> {
  const found = await db().user.findUnique({
    where: { referralCode, deletedAt: null },
    select: { id: true },
  });
  if (!found) throw new AppError("bad_request", { message: "unknown_referral_code", field: "referralCode" });
  return found.id;
}

/** A random code, one of 28^8 = 378 billion; the unique constraint rejects a duplicate. */
export function newReferralCode(): string {
  return Array.from(
    { length: REFERRAL_CODE_LENGTH },
    () => REFERRAL_CODE_ALPHABET[randomInt(REFERRAL_CODE_ALPHABET.length)],
  ).join("");
}
