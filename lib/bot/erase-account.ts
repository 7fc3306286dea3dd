import { z } from "zod";
import { botProjectTag, cacheManager } from "../cache";
import { db, ERASURE_BATCH_SIZE, Prisma, retryOnConflict } from "../db";

/** People whose conversations are deleted before those of others: a bot may have very many. */
const PEOPLE_AT_ONCE = 200;

/**
 * The Telegram users who are linked with the account, and the first of those who talk to its own bots: two reads by an
 * index, where an OR over the join reads all people of all bots.
 */
const peopleOf = (userId: string) => Prisma.sql`
SELECT id FROM "BotPerson" WHERE "userId" = ${userId}::uuid
UNION ALL SELECT person.id FROM "BotProject" project CROSS JOIN LATERAL (
  SELECT id FROM "BotPerson" WHERE "projectId" = project.id ORDER BY "telegramId" LIMIT ${PEOPLE_AT_ONCE}) person
WHERE project."ownerId" = ${userId}::uuid
LIMIT ${PEOPLE_AT_ONCE}`;

const botRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Deletes one batch of what a user has in bots: their own bots, and their conversations in others', with everything that
 * they wrote there and were sent.
 *
 * @returns how many rows; 0 when none is left
 */
export async function eraseBotBatch(userId: string): Promise<number> {
  const limit = ERASURE_BATCH_SIZE;
  const executions = Prisma.sql`SELECT id FROM "BotExecution" WHERE "personId" IN (${peopleOf(userId)})`;
  const bots = Prisma.sql`SELECT id FROM "BotProject" WHERE "ownerId" = ${userId}::uuid`;
  const statements = [
    Prisma.sql`DELETE FROM "BotMessage" WHERE id = ANY (ARRAY(
SELECT id FROM "BotMessage" WHERE "personId" IN (${peopleOf(userId)}) LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotStep" WHERE ctid = ANY (ARRAY(
SELECT ctid FROM "BotStep" WHERE "executionId" IN (${executions}) LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotExecution" WHERE id = ANY (ARRAY(${executions} LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotLinkCode" WHERE id = ANY (ARRAY(
SELECT id FROM "BotLinkCode" WHERE "userId" = ${userId}::uuid
UNION ALL SELECT id FROM "BotLinkCode" WHERE "personId" IN (${peopleOf(userId)}) LIMIT ${limit}))`,
    Prisma.sql`DELETE FROM "BotPerson" WHERE id = ANY (ARRAY(${peopleOf(userId)}))`,
    Prisma.sql`DELETE FROM "BotUpdate" WHERE ctid = ANY (ARRAY(
SELECT ctid FROM "BotUpdate" WHERE "projectId" IN (${bots}) LIMIT ${limit}))`,
  ];
  for (const statement of statements) {
    const deleted = await retryOnConflict(() => db().$executeRaw(statement));
    if (deleted > 0) return deleted;
  }
  // With their workflows and versions, which are few.
  const rows = await retryOnConflict(() =>
    db().$queryRaw(Prisma.sql`DELETE FROM "BotProject" WHERE "ownerId" = ${userId}::uuid RETURNING id`),
  );
  const erased = botRowsSchema.parse(rows);
  for (const { id } of erased) await cacheManager.invalidateTag(botProjectTag(id));
  return erased.length;
}
