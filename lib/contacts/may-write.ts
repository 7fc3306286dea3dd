import { z } from "zod";
import { db, Prisma } from "../db";
import { isBlockedSql } from "./blocks";
import { directKeyOf } from "./direct-key";
import { areAcquaintedSql } from "./require-may-contact";

const rowsSchema = z.array(z.object({ mayWrite: z.boolean() })).max(1);

/**
 * Whether a page offers a user to write to another one: to others than themselves, without a block in either direction,
 * and if they have a chat already or the other one's policy allows a new one. A user whose address is not confirmed is
 * offered it too: the failure names the next step. One statement.
 */
export async function mayWrite(userId: string, otherId: string): Promise<boolean> {
  if (userId === otherId) return false;
  const [own, theirs] = [Prisma.sql`${userId}::uuid`, Prisma.sql`u.id`];
  const rows = await db().$queryRaw`
SELECT NOT ${isBlockedSql(own, theirs)} AND (
  u."contactPolicy" = 'everyone'
  OR EXISTS (SELECT FROM "Chat" c WHERE c."directKey" = ${directKeyOf(userId, otherId)})
  OR (u."contactPolicy" = 'acquaintances' AND ${areAcquaintedSql(own, theirs)})
) AS "mayWrite"
FROM "User" u WHERE u.id = ${otherId}::uuid AND u."deletedAt" IS NULL`;
  return rowsSchema.parse(rows)[0]?.mayWrite ?? false;
}
