import { db, ERASURE_BATCH_SIZE, retryOnConflict } from "../db";

/**
 * Removes a user's name and id from one batch of other users' notifications about a mention or a chat invitation. One
 * statement; the index `Notification_named_idx` finds them.
 *
 * @returns how many; 0 when none is left
 */
export function anonymiseNotificationBatch(userId: string): Promise<number> {
  return retryOnConflict(
    () => db().$executeRaw`
UPDATE "Notification" n SET data = (n.data - 'authorId' - 'byId')
  || CASE n.kind WHEN 'mention' THEN '{"authorName": null}'::jsonb ELSE '{"byName": null}'::jsonb END
WHERE n.id = ANY(ARRAY(
  SELECT named.id FROM "Notification" named
  WHERE named.kind IN ('mention', 'chat_invite')
    AND coalesce(named.data ->> 'authorId', named.data ->> 'byId') = ${userId} LIMIT ${ERASURE_BATCH_SIZE}))`,
  );
}
