import { db } from "../db";
import type { Payload } from "../tasks";

export type StoredEvent = Payload<"analytics">["events"][number] & {
  /** How many events this row stands for; 1 by default. */
  weight?: number;
};

/**
 * Inserts events in one statement. Safe to repeat: an event that exists is skipped. Events of an account that does not
 * exist any more are stored anonymously.
 */
export async function storeEvents(events: readonly StoredEvent[]): Promise<void> {
  await db().$executeRaw`
WITH event AS (
  SELECT * FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
    AS event(id uuid, "userId" uuid, name text, properties jsonb, at timestamptz, weight int)
), person AS (
  -- Locked, so that no account is deleted between this read and the insert.
  SELECT id FROM "User" WHERE id IN (SELECT "userId" FROM event) FOR KEY SHARE
)
INSERT INTO "AnalyticsEvent" (id, "userId", name, properties, at, weight)
SELECT event.id, person.id, name, properties, at, coalesce(weight, 1)
FROM event LEFT JOIN person ON person.id = event."userId"
ON CONFLICT (id) DO NOTHING`;
}
