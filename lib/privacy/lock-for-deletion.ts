import { z } from "zod";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import type { Role } from "../schemas/enums";

const userSchema = z.object({
  email: z.string(),
  name: z.string(),
  handle: z.string(),
  locale: z.string().nullable(),
  role: z.string(),
  confirmed: z.boolean(),
});

/**
 * Locks an account that is to be deleted against inserts that reference it: a post, an order, a session, a bonus. They
 * wait until the transaction ends. What moves money locks the account itself and then finds it deleted.
 *
 * @param role  the role in its session
 * @throws {AppError} unauthenticated when it no longer exists or is deleted already; conflict for the last administrator
 */
export async function lockForDeletion(tx: Transaction, userId: string, role: Role) {
  // Concurrent deletions of administrators lock all of them in one order, so that the last one is recognized.
  const administrators =
    role === "admin"
      ? await tx.$queryRaw<unknown[]>`
SELECT id FROM "User" WHERE role = 'admin' AND "deletedAt" IS NULL ORDER BY id FOR NO KEY UPDATE`
      : [];
  const rows = await tx.$queryRaw<unknown[]>`
SELECT email, name, handle, locale, role::text AS role, "confirmedAt" IS NOT NULL AS confirmed FROM "User"
WHERE id = ${userId}::uuid AND "deletedAt" IS NULL FOR UPDATE`;
  if (rows[0] === undefined) throw new AppError("unauthenticated");
  const user = userSchema.parse(rows[0]);
  if (user.role === "admin" && administrators.length < 2) {
    throw new AppError("conflict", { message: "last_administrator" });
  }
  return user;
}
