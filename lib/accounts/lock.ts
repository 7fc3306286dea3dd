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
export type LockedPerson = z.infer<typeof lockedSchema>;

/** @returns null when there is none */
export async function lockPerson(
  tx: Transaction,
  by: { id: string } | { email: string },
): Promise<LockedPerson | null> {
  const which = "id" in by ? Prisma.sql`person.id = ${by.id}::uuid` : Prisma.sql`person.email = ${by.email}`;
  const rows = await tx.$queryRaw<unknown[]>`
SELECT person.id, person.email, person.name, person.locale, person."passwordHash",
  person."confirmedAt" IS NOT NULL AS confirmed
FROM "User" person WHERE ${which} FOR NO KEY UPDATE`;
  return rows[0] === undefined ? null : lockedSchema.parse(rows[0]);
}

/** @throws {AppError} unauthenticated when the account is gone */
export async function lockCaller(tx: Transaction, userId: string): Promise<LockedPerson> {
  const person = await lockPerson(tx, { id: userId });
  if (!person) throw new AppError("unauthenticated");
  return person;
}
