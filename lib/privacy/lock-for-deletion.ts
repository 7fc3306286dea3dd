import { z } from "zod";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import type { Role } from "../schemas/enums";

const userSchema = z.object({
  email: z.string(),
  name: z.string(),
  locale: z.string().nullable(),
  role: z.string(),
  confirmed: z.boolean(),
});

/**
 * Locks an account against inserts that reference it: a post, an order, a session, a bonus. They wait until the
 * transaction ends and then fail.
 *
 * @param role  the role in its session
 * @throws {AppError} unauthenticated when it no longer exists; conflict for the last administrator
 */
export async function lockForDeletion(tx: Transaction, userId: string, role: Role) {
  // Concurrent deletions of administrators lock all of them in one order, so that the last one is recognized.
  const administrators =
    role === "admin"
      ? await tx.$queryRaw<unknown[]>`
SELECT id FROM "User" WHERE role = 'admin' ORDER BY id FOR NO KEY UPDATE`
      : [];
  const rows = await tx.$queryRaw<unknown[]>`
SELECT email, name, locale, role::text AS role, "confirmedAt" IS NOT NULL AS confirmed
FROM "User" WHERE id = ${userId}::uuid FOR UPDATE`;
  if (rows[0] === undefined) throw new AppError("unauthenticated");
  const user = userSchema.parse(rows[0]);
  if (user.role === "admin" && administrators.length < 2) {
    throw new AppError("conflict", { message: "last_administrator" });
  }
  return user;
}
