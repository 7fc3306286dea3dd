import { randomInt } from "node:crypto";
import type { z } from "zod";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { db, isUniqueViolation } from "../db";
import type { signUpSchema } from "./client";
import { hashPassword } from "./password";
import { toUser, type User, userColumns } from "./user";

/** No vowels and no look-alikes: read aloud without mistakes, and no words. */
const CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789";
const CODE_LENGTH = 8;

/**
 * Creates an account.
 * @throws {AppError} conflict when the address is taken, bad_request when the referral code is nobody's
 */
export async function signUp(input: z.output<typeof signUpSchema>): Promise<{ user: User }> {
  const referredById = input.referralCode ? await referrer(input.referralCode) : null;
  try {
    const row = await db().user.create({
      data: {
        id: newId(),
        email: input.email,
        name: input.name,
        passwordHash: await hashPassword(input.password),
        referralCode: newReferralCode(),
        referredById,
      },
      select: userColumns,
    });
    return { user: toUser(row) };
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError("conflict", { message: "email_taken", field: "email", cause: error });
    throw error;
  }
}

async function referrer(referralCode: string): Promise<string> {
  const found = await db().user.findUnique({ where: { referralCode }, select: { id: true } });
  if (!found) throw new AppError("bad_request", { message: "unknown_referral_code", field: "referralCode" });
  return found.id;
}

/** One of 28^8 = 378 billion; the unique constraint has the last word. */
export function newReferralCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join("");
}
