import { z } from "zod";
import { AppError } from "../core/errors";
import { Prisma, type Transaction } from "../db";
import { ContactPolicy } from "../schemas/enums";

/**
 * Whether two users know each other, in SQL: both are members of one chat, or one has ordered from the other.
 * @param userId  both are expressions of type uuid
 */
export function areAcquaintedSql(userId: Prisma.Sql, otherId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(EXISTS (
    SELECT FROM "ChatMember" m JOIN "ChatMember" x ON x."chatId" = m."chatId"
      AND x."userId" = ${otherId} AND x."leftAt" IS NULL
    WHERE m."userId" = ${userId} AND m."leftAt" IS NULL
  ) OR EXISTS (SELECT FROM "Order" o WHERE o."buyerId" = ${userId} AND o."sellerId" = ${otherId})
    OR EXISTS (SELECT FROM "Order" o WHERE o."buyerId" = ${otherId} AND o."sellerId" = ${userId}))`;
}

const rowsSchema = z.tuple([
  z.object({ confirmed: z.boolean(), policy: z.enum(ContactPolicy), acquainted: z.boolean() }),
]);

/**
 * Requires that a user may write to another one first. One statement.
 * @throws {AppError} address_not_confirmed for a stranger without a confirmed address; cannot_write where the other one's
 *         policy does not allow it
 */
export async function requireMayWriteFirst(tx: Transaction, userId: string, otherId: string): Promise<void> {
  const [{ confirmed, policy, acquainted }] = rowsSchema.parse(
    await tx.$queryRaw`
SELECT own."confirmedAt" IS NOT NULL AS confirmed, theirs."contactPolicy"::text AS policy,
  ${areAcquaintedSql(Prisma.sql`own.id`, Prisma.sql`theirs.id`)} AS acquainted
FROM "User" own, "User" theirs WHERE own.id = ${userId}::uuid AND theirs.id = ${otherId}::uuid`,
  );
  if (!confirmed && !acquainted) throw new AppError("address_not_confirmed");
  if (policy === "none" || (policy === "acquaintances" && !acquainted)) throw new AppError("cannot_write");
}

/**
 * Requires that a user may add these people to a group: strangers only with a confirmed address, since a group is a way
 * to write to them. One statement.
 * @throws {AppError} address_not_confirmed
 */
export async function requireMayInvite(
  tx: Transaction,
  userId: string,
  otherIds: readonly string[],
): Promise<void> {
  if (otherIds.length === 0) return;
  const strangers = await tx.$queryRaw<unknown[]>`
SELECT 1 FROM "User" own, unnest(${[...otherIds]}::uuid[]) AS theirs(id)
WHERE own.id = ${userId}::uuid AND own."confirmedAt" IS NULL
  AND NOT ${areAcquaintedSql(Prisma.sql`own.id`, Prisma.sql`theirs.id`)} LIMIT 1`;
  if (strangers.length > 0) throw new AppError("address_not_confirmed");
}
