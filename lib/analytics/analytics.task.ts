import { db } from "../db";
import type { Payload } from "../tasks";

/**
 * Queue `analytics`: all events of a message in one statement. An event that is there already is not counted
 * again, so a message may come twice, and an event in two messages. Of an account that is gone by then nobody's name
 * is kept.
 */
export async function task({ events }: Payload<"analytics">): Promise<void> {
  await db().$executeRaw`
WITH event AS (
  SELECT * FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
    AS event(id uuid, "userId" uuid, name text, properties jsonb, at timestamptz)
), person AS (
  -- Under a lock, so that an account is not deleted between this look and the row.
  SELECT id FROM "User" WHERE id IN (SELECT "userId" FROM event) FOR KEY SHARE
)
INSERT INTO "AnalyticsEvent" (id, "userId", name, properties, at)
SELECT event.id, person.id, name, properties, at FROM event LEFT JOIN person ON person.id = event."userId"
ON CONFLICT (id) DO NOTHING`;
}
