import { z } from "zod";
import type { Role } from "../core/access-token";
import { AppError } from "../core/errors";
import type { Transaction } from "../db";

const personSchema = z.object({
  email: z.string(),
  name: z.string(),
  locale: z.string().nullable(),
  role: z.string(),
});

/**
 * Locks an account against everything that would point to it: a post, an order, a session, a bonus. They wait until
 * the transaction ends, and find it gone.
 *
 * @param role  as its session has it
 * @throws {AppError} unauthenticated when it is gone; conflict for the last administrator
 */
export async function lockForDeletion(tx: Transaction, userId: string, role: Role) {
  // Of administrators who go at the same time each locks all of them, in one order: the last one sees that it is.
  const administrators =
    role === "admin"
      ? await tx.$queryRaw<unknown[]>`
SELECT id FROM "User" WHERE role = 'admin' ORDER BY id FOR NO KEY UPDATE`
      : [];
  const rows = await tx.$queryRaw<unknown[]>`
SELECT email, name, locale, role::text AS role FROM "User" WHERE id = ${userId}::uuid FOR UPDATE`;
  if (rows[0] === undefined) throw new AppError("unauthenticated");
  const person = personSchema.parse(rows[0]);
  if (person.role === "admin" && administrators.length < 2) {
    throw new AppError("conflict", { message: "last_administrator" });
  }
  return person;
}
