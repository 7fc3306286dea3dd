import { z } from "zod";
import { now } from "../core/clock";
import { db } from "../db";
import { SESSION_TTL_SECONDS } from "./limits";

/** What is over is kept for so long: somebody may want to know what a stolen session was. */
const RETENTION_SECONDS = SESSION_TTL_SECONDS;
/** Of each kind, in one call; the next day takes the rest. Keeps the locks short. */
const MAX_BATCH_SIZE = 10_000;

export const tidiedSessionsSchema = z.object({
  sessions: z.int(),
  tokens: z.int(),
  generations: z.int(),
});

/**
 * Deletes sessions that have been over for a month, blacklisted tokens that would be over anyway, and generations
 * of accounts that are gone once no session of theirs can be anywhere. Safe to repeat, and at any time.
 */
export async function tidySessions(): Promise<z.infer<typeof tidiedSessionsSchema>> {
  const cutoff = new Date(now() - RETENTION_SECONDS * 1000);
  const sessions = await db().$executeRaw`
    DELETE FROM "Session" WHERE "id" IN (
      SELECT "id" FROM "Session" WHERE "expiresAt" < ${cutoff} ORDER BY "expiresAt" LIMIT ${MAX_BATCH_SIZE})`;
  const tokens = await db().$executeRaw`
    DELETE FROM "RevokedToken" WHERE "hash" IN (
      SELECT "hash" FROM "RevokedToken" WHERE "expiresAt" < ${new Date(now())} LIMIT ${MAX_BATCH_SIZE})`;
  const generations = await db().$executeRaw`
    DELETE FROM "SessionGeneration" WHERE "userId" IN (
      SELECT g."userId" FROM "SessionGeneration" g
       WHERE g."changedAt" < ${new Date(cutoff.getTime() - RETENTION_SECONDS * 1000)}
         AND NOT EXISTS (SELECT 1 FROM "User" u WHERE u."id" = g."userId") LIMIT ${MAX_BATCH_SIZE})`;
  return { sessions, tokens, generations };
}
