import { db } from "../db";
import type { Payload } from "../tasks";

/**
 * Queue `analytics`: all events of a message in one statement. An event that is there already is not counted
 * again, so a message may come twice, and an event in two messages.
 */
export async function task({ events }: Payload<"analytics">): Promise<void> {
  await db().$executeRaw`
INSERT INTO "AnalyticsEvent" (id, "userId", name, properties, at)
SELECT id, "userId", name, properties, at FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
  AS event(id uuid, "userId" uuid, name text, properties jsonb, at timestamptz)
ON CONFLICT (id) DO NOTHING`;
}
