import { z } from "zod";
import { now } from "../core/clock";
import { db } from "../db";
import { SESSION_TTL_SECONDS } from "./limits";

/** Expired sessions are kept for that long, to investigate a stolen one. */
const RETENTION_SECONDS = SESSION_TTL_SECONDS;
/** Rows of each kind per call; the next day's call deletes the rest. Keeps the locks short. */
const MAX_BATCH_SIZE = 10_000;

export const tidiedSessionsSchema = z.object({
  sessions: z.int(),
  tokens: z.int(),
  generations: z.int(),
});

/**
 * Deletes sessions that expired a month ago, blacklisted tokens that have expired, and generations of deleted accounts
 * once no copy of their sessions can remain. Safe to repeat, and at any time.
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
