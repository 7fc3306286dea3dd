import { db } from "../db";
import type { Payload } from "../tasks";

/**
 * Queue `analytics`: inserts all events of a message in one statement. Safe to repeat: an event that exists is skipped,
 * so a message may arrive twice, and one event in two messages. Events of a deleted account are stored anonymously.
 */
export async function task({ events }: Payload<"analytics">): Promise<void> {
  await db().$executeRaw`
WITH event AS (
  SELECT * FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
    AS event(id uuid, "userId" uuid, name text, properties jsonb, at timestamptz)
), person AS (
  -- Locked, so that no account is deleted between this read and the insert.
  SELECT id FROM "User" WHERE id IN (SELECT "userId" FROM event) AND "deletedAt" IS NULL FOR KEY SHARE
)
INSERT INTO "AnalyticsEvent" (id, "userId", name, properties, at)
SELECT event.id, person.id, name, properties, at FROM event LEFT JOIN person ON person.id = event."userId"
ON CONFLICT (id) DO NOTHING`;
}
