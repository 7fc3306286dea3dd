import { z } from "zod";
import { botProjectTag, cacheManager } from "../cache";
import { db, ERASURE_BATCH_SIZE, Prisma, retryOnConflict } from "../db";

/** What is erased. */
interface ErasureScope {
  /** A query of the ids of Telegram users, who are deleted with all that they wrote and were sent. */
  people: Prisma.Sql;
  /** A query of the ids of bots. */
  bots: Prisma.Sql;
  /** A condition on `BotLinkCode`, besides the codes of these people. */
  linkCodes?: Prisma.Sql;
}

/** People of a bot whose rows are erased before the next ones are looked at, so that no batch walks over all of them. */
export const PEOPLE_AT_ONCE = 100;

const botRowsSchema = z.array(z.object({ id: z.uuid() }));

/** Deletes one batch of rows. @returns how many; 0 when none is left */
export async function eraseBatch({
  people,
  bots,
  linkCodes = Prisma.sql`FALSE`,
}: ErasureScope): Promise<number> {
  const limit = ERASURE_BATCH_SIZE;
  const executions = Prisma.sql`SELECT id FROM "BotExecution" WHERE "personId" IN (${people})`;
  const statements = [
    Prisma.sql`DELETE FROM "BotMessage" WHERE id = ANY (ARRAY(
SELECT id FROM "BotMessage" WHERE "personId" IN (${people}) LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotStep" WHERE ctid = ANY (ARRAY(
SELECT ctid FROM "BotStep" WHERE "executionId" IN (${executions}) LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotExecution" WHERE id = ANY (ARRAY(${executions} LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotLinkCode" WHERE id = ANY (ARRAY(
SELECT id FROM "BotLinkCode" WHERE ${linkCodes}
UNION ALL SELECT id FROM "BotLinkCode" WHERE "personId" IN (${people}) LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotPerson" WHERE id = ANY (ARRAY(
SELECT id FROM (${people}) person LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotUpdate" WHERE ctid = ANY (ARRAY(
SELECT ctid FROM "BotUpdate" WHERE "projectId" IN (${bots}) LIMIT ${limit}))`,
  ];
  for (const statement of statements) {
    const deleted = await retryOnConflict(() => db().$executeRaw(statement));
    if (deleted > 0) return deleted;
  }
  // With their workflows and versions, which are few.
  const rows = await retryOnConflict(() =>
    db().$queryRaw(Prisma.sql`DELETE FROM "BotProject" WHERE id IN (${bots}) RETURNING id`),
  );
  const erased = botRowsSchema.parse(rows);
  for (const { id } of erased) await cacheManager.invalidateTag(botProjectTag(id));
  return erased.length;
}
