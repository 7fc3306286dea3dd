import { z } from "zod";
import { now } from "../core/clock";
import { retentionCutoff } from "../core/retention";
import { db, deleteExpired } from "../db";

/** Rows that one statement looks at. */
const BATCH_SIZE = 2_000;

export const tidiedSessionsSchema = z.object({
  sessions: z.int(),
  tokens: z.int(),
  generations: z.int(),
});

/**
 * Deletes sessions that expired a month ago (kept until then to investigate a stolen one), blacklisted tokens that have
 * expired, and generations of deleted accounts once no copy of their sessions can remain. Safe to repeat, and at any
 * time.
 */
export async function tidySessions(deadlineMs: number): Promise<z.infer<typeof tidiedSessionsSchema>> {
  const [sessionsBefore, tokensBefore] = [retentionCutoff("sessions"), retentionCutoff("revokedTokens")];
  const sessions = await deleteExpired(
    { table: "Session", id: "id", at: "expiresAt", before: sessionsBefore },
    deadlineMs,
  );
  const tokens = await deleteExpired(
    { table: "RevokedToken", id: "hash", at: "expiresAt", before: tokensBefore },
    deadlineMs,
  );
  return { sessions, tokens, generations: await tidyGenerations(deadlineMs) };
}

const batchSchema = z.tuple([
  z.object({
    scanned: z.int(),
    deleted: z.int(),
    lastId: z.uuid().nullable(),
  }),
]);

/** Generations of existing accounts stay, so every batch goes on from the last row that it looked at. */
async function tidyGenerations(deadlineMs: number): Promise<number> {
  const before = retentionCutoff("sessionGenerations");
  let deleted = 0;
  let lastId = "00000000-0000-0000-0000-000000000000";
  while (now() < deadlineMs) {
    const [batch] = batchSchema.parse(
      await db().$queryRaw`
WITH batch AS (
  SELECT "userId", "changedAt" FROM "SessionGeneration" WHERE "userId" > ${lastId}::uuid ORDER BY "userId" LIMIT ${BATCH_SIZE}
), gone AS (
  DELETE FROM "SessionGeneration" WHERE "userId" = ANY (ARRAY(
    SELECT "userId" FROM batch WHERE "changedAt" < ${before}
      AND NOT EXISTS (SELECT FROM "User" WHERE "User".id = batch."userId"))
  ) AND "changedAt" < ${before} RETURNING 1
)
SELECT (SELECT count(*)::int FROM batch) AS scanned, (SELECT count(*)::int FROM gone) AS deleted,
  (SELECT "userId" FROM batch ORDER BY "userId" DESC LIMIT 1) AS "lastId"`,
    );
    deleted += batch.deleted;
    if (batch.scanned < BATCH_SIZE || batch.lastId === null) break;
    lastId = batch.lastId;
  }
  return deleted;
}
