import { z } from "zod";
import { newId } from "../core/ids";
import { db, retryOnConflict } from "../db";

/**
 * Messages that are stored before they are sent. One process at a time sends to a chat, under a lease in the person's
 * row, so they arrive in order. Each message is marked as being sent before its call: when the process dies in between,
 * it is known which one Telegram may have. A notification's text is kept until its outcome is known: it may have the name
 * of another user, who may be erased.
 */

/** Longer than one call may take, which renews it. */
export const SENDING_LEASE_SECONDS = 30;

/** What came of a call. */
export type SendOutcome =
  | { state: "sent"; telegramMessageId: number }
  | { state: "unknown" | "failed"; error: string }
  /** Telegram refused it for now: again after so many seconds. */
  | { state: "pending"; retryAfterSeconds: number; error: string };

export interface Sending {
  personId: string;
  /** The lease's owner. */
  sender: string;
  /** The newest revision of which this process has seen all messages. */
  revision: number;
}

const nextRowsSchema = z.tuple([
  z.object({
    id: z.uuid().nullable(),
    method: z.string().nullable(),
    payload: z.record(z.string(), z.unknown()).nullable(),
    attempts: z.int().nullable(),
    ageSeconds: z.number().nullable(),
    isOwner: z.boolean(),
    isReleased: z.boolean(),
    revision: z.int().nullable(),
  }),
]);

export interface NextMessage {
  id: string;
  method: string;
  payload: Record<string, unknown>;
  attempts: number;
  /** Since it was stored. */
  ageSeconds: number;
}

/**
 * Records what came of a message, and marks the next one as being sent; without one the lease ends. A chat of a paused
 * bot is left to the sweep, which looks at it when the bot goes on. One statement.
 *
 * @param done  null at a takeover
 * @returns the next message; null when the chat is left
 */
export async function recordAndTakeNext(
  sending: Sending,
  done: { id: string; outcome: SendOutcome } | null,
): Promise<NextMessage | null> {
  const row = await retryOnConflict(() => runStatement(sending, done));
  if (row.id !== null && row.method !== null && row.payload !== null)
    return {
      ...{ id: row.id, method: row.method, payload: row.payload },
      ...{ attempts: row.attempts ?? 1, ageSeconds: row.ageSeconds ?? 0 },
    };
  if (row.isReleased || !row.isOwner || row.revision === null) return null;
  // A run has added messages since this process last looked.
  return recordAndTakeNext({ ...sending, revision: row.revision }, null);
}

async function runStatement(
  { personId, sender, revision }: Sending,
  done: Parameters<typeof recordAndTakeNext>[1],
) {
  const outcome = done?.outcome;
  const retrySeconds = outcome?.state === "pending" ? outcome.retryAfterSeconds : null;
  const rows = await db().$queryRaw`
WITH done AS (
  UPDATE "BotMessage" SET state = ${outcome?.state ?? "sent"}::"BotMessageState",
    "telegramMessageId" = ${outcome?.state === "sent" ? outcome.telegramMessageId : null}::int,
    error = ${outcome && "error" in outcome ? outcome.error : null},
    payload = CASE WHEN "notificationId" IS NULL OR ${outcome?.state === "pending"} THEN payload ELSE '{}' END,
    "sentAt" = CASE WHEN ${outcome?.state === "sent"} THEN clock_timestamp() END
  WHERE id = ${done?.id ?? null}::uuid AND state IN ('sending', 'unknown')
), owned AS (
  SELECT id, revision, "projectId" FROM "BotPerson"
  WHERE id = ${personId}::uuid AND "sendingBy" = ${sender}::uuid FOR UPDATE
), paused AS (
  SELECT FROM "BotProject" project, owned WHERE project.id = owned."projectId" AND project.state = 'paused'
), next AS (
  SELECT message.id FROM "BotMessage" message, owned
  WHERE message."personId" = owned.id AND message.state = 'pending' AND ${retrySeconds}::int IS NULL
    AND NOT EXISTS (SELECT FROM paused)
  ORDER BY message.revision, message.part LIMIT 1
), started AS (
  UPDATE "BotMessage" SET state = 'sending', attempts = attempts + 1 WHERE id = (SELECT id FROM next)
  RETURNING id, method, payload, attempts,
    extract(epoch FROM clock_timestamp() - "createdAt")::float8 AS "ageSeconds"
), person AS (
  UPDATE "BotPerson" SET
    "sendingBy" = CASE WHEN EXISTS (SELECT FROM next) THEN "sendingBy" END,
    "sendingUntil" = CASE WHEN EXISTS (SELECT FROM next) THEN clock_timestamp() + ${SENDING_LEASE_SECONDS} * interval '1 second'
      WHEN ${retrySeconds}::int IS NOT NULL THEN clock_timestamp() + ${retrySeconds}::int * interval '1 second'
      WHEN EXISTS (SELECT FROM paused) THEN clock_timestamp() END
  WHERE id = (SELECT id FROM owned) AND (EXISTS (SELECT FROM next) OR ${retrySeconds}::int IS NOT NULL
    OR EXISTS (SELECT FROM paused) OR revision = ${revision})
  RETURNING 1
)
SELECT (SELECT id FROM started) AS id, (SELECT method FROM started) AS method, (SELECT payload FROM started) AS payload,
  (SELECT attempts FROM started) AS attempts, (SELECT "ageSeconds" FROM started) AS "ageSeconds",
  EXISTS (SELECT FROM owned) AS "isOwner",
  EXISTS (SELECT FROM person) AS "isReleased", (SELECT revision FROM owned) AS revision`;
  return nextRowsSchema.parse(rows)[0];
}

const takenRowsSchema = z.array(z.object({ revision: z.int() }));

/**
 * Takes over a chat whose sender died, or whose wait is over. What the sender had begun to send has an unknown outcome
 * and is not sent again.
 * @returns null when there is nothing to take over
 */
export async function takeOver(personId: string): Promise<Sending | null> {
  const sender = newId();
  const rows = await db().$queryRaw`
WITH taken AS (
  UPDATE "BotPerson" SET "sendingBy" = ${sender}::uuid,
    "sendingUntil" = clock_timestamp() + ${SENDING_LEASE_SECONDS} * interval '1 second'
  WHERE id = ${personId}::uuid AND "sendingUntil" < clock_timestamp() RETURNING id
), lost AS (
  UPDATE "BotMessage" SET state = 'unknown', error = 'the sender ended before the answer',
    payload = CASE WHEN "notificationId" IS NULL THEN payload ELSE '{}' END
  WHERE "personId" = (SELECT id FROM taken) AND state = 'sending'
)
SELECT person.revision FROM taken JOIN "BotPerson" person ON person.id = taken.id`;
  const [taken] = takenRowsSchema.parse(rows);
  return taken ? { personId, sender, revision: taken.revision } : null;
}
