import { z } from "zod";
import { blocksTag, cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { db, Prisma } from "../db";
import { type BlockList, MAX_BLOCKS } from "../schemas/block";

/** The people whom the caller has blocked, the latest first. */
export async function listBlocks({ userId }: Pick<Caller, "userId">): Promise<BlockList> {
  const rows = await db().personBlock.findMany({
    where: { blockerId: userId, blocked: { deletedAt: null } },
    orderBy: [{ createdAt: "desc" }, { blockedId: "asc" }],
    take: MAX_BLOCKS,
    select: { createdAt: true, blocked: { select: { id: true, handle: true, name: true } } },
  });
  return {
    items: rows.map(({ createdAt, blocked }) => ({ person: blocked, createdAt: createdAt.toISOString() })),
  };
}

/** Whether the caller has blocked the person. One statement. */
export async function hasBlocked(userId: string, personId: string): Promise<boolean> {
  const key = { blockerId: userId, blockedId: personId };
  return (await db().personBlock.findUnique({ where: { blockerId_blockedId: key } })) !== null;
}

/**
 * A condition, in SQL: a block is between the two users, in either direction.
 * @param userId  both are expressions of type uuid
 */
export function isBlockedSql(userId: Prisma.Sql, otherId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(EXISTS (SELECT FROM "PersonBlock" b WHERE b."blockerId" = ${userId} AND b."blockedId" = ${otherId})
    OR EXISTS (SELECT FROM "PersonBlock" b WHERE b."blockerId" = ${otherId} AND b."blockedId" = ${userId}))`;
}

/** Of more, presence of some is visible: only an account that thousands have blocked has so many. */
const MAX_HIDDEN_PEOPLE = 5_000;

const idRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Users whose presence the user may not see, nor they the user's: a block is between them, in either direction. From the
 * cache; a change is applied at once on this instance and within a second on the others.
 */
export async function listHiddenPeople(userId: string): Promise<ReadonlySet<string>> {
  const ids = await cacheManager.getOrSet("blocks", userId, () => selectHiddenPeople(userId), {
    tags: [blocksTag(userId)],
  });
  return new Set(ids);
}

/**
 * The same from Postgres, for a stream: it reads them every minute, mostly while nothing renews the cache's trust lease,
 * and statements are not billed.
 */
export async function readHiddenPeople(userId: string): Promise<ReadonlySet<string>> {
  return new Set(await selectHiddenPeople(userId));
}

async function selectHiddenPeople(userId: string): Promise<string[]> {
  const rows = await db().$queryRaw`
SELECT b."blockedId" AS id FROM "PersonBlock" b WHERE b."blockerId" = ${userId}::uuid
UNION
(SELECT b."blockerId" FROM "PersonBlock" b WHERE b."blockedId" = ${userId}::uuid LIMIT ${MAX_HIDDEN_PEOPLE})`;
  return idRowsSchema.parse(rows).map(({ id }) => id);
}
