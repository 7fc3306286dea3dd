import { z } from "zod";
import { AppError } from "../core/errors";
import { Prisma, type Transaction } from "../db";

const lockedSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  locale: z.string().nullable(),
  confirmed: z.boolean(),
  passwordHash: z.string(),
});

/** An account whose row nobody else changes until the transaction ends. */
export type LockedUser = z.infer<typeof lockedSchema>;

/** @returns null when there is none */
export async function lockUser(
  tx: Transaction,
  key: { id: string } | { email: string },
): Promise<LockedUser | null> {
  const condition =
    "id" in key ? Prisma.sql`person.id = ${key.id}::uuid` : Prisma.sql`person.email = ${key.email}`;
  const rows = await tx.$queryRaw<unknown[]>`
SELECT person.id, person.email, person.name, person.locale, person."passwordHash",
  person."confirmedAt" IS NOT NULL AS confirmed
FROM "User" person WHERE ${condition} FOR NO KEY UPDATE`;
  return rows[0] === undefined ? null : lockedSchema.parse(rows[0]);
}

/** @throws {AppError} unauthenticated when the account is gone */
export async function lockCaller(tx: Transaction, userId: string): Promise<LockedUser> {
  const person = await lockUser(tx, { id: userId });
  if (!person) throw new AppError("unauthenticated");
  return person;
}
