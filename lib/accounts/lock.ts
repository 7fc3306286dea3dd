import { z } from "zod";
import { AppError } from "../core/errors";
import { Prisma, type Transaction } from "../db";

const lockedSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  handle: z.string(),
  locale: z.string().nullable(),
  confirmed: z.boolean(),
  passwordHash: z.string(),
});

/** An account whose row is locked until the transaction ends. */
export type LockedUser = z.infer<typeof lockedSchema>;

/** @returns null when there is none, or when its deletion was requested */
export async function lockUser(
  tx: Transaction,
  key: { id: string } | { email: string },
): Promise<LockedUser | null> {
  const condition = "id" in key ? Prisma.sql`u.id = ${key.id}::uuid` : Prisma.sql`u.email = ${key.email}`;
  const rows = await tx.$queryRaw<unknown[]>`
SELECT u.id, u.email, u.name, u.handle, u.locale, u."passwordHash",
  u."confirmedAt" IS NOT NULL AS confirmed
FROM "User" u WHERE ${condition} AND u."deletedAt" IS NULL FOR NO KEY UPDATE`;
  return rows[0] === undefined ? null : lockedSchema.parse(rows[0]);
}

/** @throws {AppError} unauthenticated when the account no longer exists */
export async function lockCaller(tx: Transaction, userId: string): Promise<LockedUser> {
  const user = await lockUser(tx, { id: userId });
  if (!user) throw new AppError("unauthenticated");
  return user;
}
