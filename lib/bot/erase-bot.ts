import { now } from "../core/clock";
import { db, Prisma } from "../db";
import { eraseBatch, PEOPLE_AT_ONCE } from "./erase-batch";

/** How long a request's deferred work erases; the tidy goes on. */
const BUDGET_MS = 20_000;

/**
 * Erases a bot that was deleted, in batches. Safe to repeat and to run concurrently.
 * @returns how many rows
 */
export async function eraseDeletedBot(botId: string, deadlineMs = now() + BUDGET_MS): Promise<number> {
  const bots = Prisma.sql`SELECT id FROM "BotProject" WHERE id = ${botId}::uuid AND "deletedAt" IS NOT NULL`;
  const scope = {
    bots,
    people: Prisma.sql`
SELECT id FROM "BotPerson" WHERE "projectId" IN (${bots}) ORDER BY "telegramId" LIMIT ${PEOPLE_AT_ONCE}`,
  };
  let erased = 0;
  while (now() < deadlineMs) {
    const count = await eraseBatch(scope);
    if (count === 0) break;
    erased += count;
  }
  return erased;
}

/** Erases bots that were deleted. @returns how many rows */
export async function tidyDeletedBots(deadlineMs: number): Promise<number> {
  const deleted = await db().botProject.findMany({
    where: { deletedAt: { not: null } },
    orderBy: { id: "asc" },
    take: 100,
    select: { id: true },
  });
  let erased = 0;
  for (const { id } of deleted) erased += await eraseDeletedBot(id, deadlineMs);
  return erased;
}
