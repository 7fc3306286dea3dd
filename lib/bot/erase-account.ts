import { Prisma } from "../db";
import { eraseBatch, PEOPLE_AT_ONCE } from "./erase-batch";

/**
 * Deletes one batch of what a user has in bots: their own bots, and their conversations in others', with everything that
 * they wrote there and were sent.
 *
 * @returns how many rows; 0 when none is left
 */
export function eraseBotBatch(userId: string): Promise<number> {
  return eraseBatch({
    // The first of the people of each of the account's bots: reads by an index, where an OR over the join reads all people
    // of all bots.
    people: Prisma.sql`
SELECT id FROM "BotPerson" WHERE "userId" = ${userId}::uuid
UNION ALL SELECT person.id FROM "BotProject" project CROSS JOIN LATERAL (
  SELECT id FROM "BotPerson" WHERE "projectId" = project.id ORDER BY "telegramId" LIMIT ${PEOPLE_AT_ONCE}) person
WHERE project."ownerId" = ${userId}::uuid
LIMIT ${PEOPLE_AT_ONCE}`,
    bots: Prisma.sql`SELECT id FROM "BotProject" WHERE "ownerId" = ${userId}::uuid`,
    linkCodes: Prisma.sql`"userId" = ${userId}::uuid`,
  });
}
