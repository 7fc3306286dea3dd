import { db, ERASURE_BATCH_SIZE, retryOnConflict } from "../db";

/**
 * Removes a user's name and id from one batch of other users' notifications about a mention or a chat invitation, and
 * drops those of them that wait to be sent to Telegram. One statement; the index `Notification_named_idx` finds them.
 *
 * @returns how many; 0 when none is left
 */
export function anonymiseNotificationBatch(userId: string): Promise<number> {
  return retryOnConflict(
    () => db().$executeRaw`
WITH named AS (
  SELECT id FROM "Notification"
  WHERE kind IN ('mention', 'chat_invite') AND coalesce(data ->> 'authorId', data ->> 'byId') = ${userId}
  LIMIT ${ERASURE_BATCH_SIZE}
), unsent AS (
  UPDATE "BotMessage" SET state = 'failed', error = 'names an erased account', payload = '{}'
  WHERE "notificationId" IN (SELECT id FROM named) AND state = 'pending'
)
UPDATE "Notification" n SET data = (n.data - 'authorId' - 'byId')
  || CASE n.kind WHEN 'mention' THEN '{"authorName": null}'::jsonb ELSE '{"byName": null}'::jsonb END
WHERE n.id IN (SELECT id FROM named)`,
  );
}
