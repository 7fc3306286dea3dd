import type { Transaction } from "../db";

/**
 * Removes a user's name and id from other users' notifications about a mention or a chat invitation. Runs in the
 * transaction that deletes the account, before its chat memberships are deleted: they bound the search.
 */
export async function anonymiseAccountNotifications(tx: Transaction, userId: string): Promise<void> {
  await tx.$executeRaw`
UPDATE "Notification" n SET data = (n.data - 'authorId' - 'byId')
  || CASE n.kind WHEN 'mention' THEN '{"authorName": null}'::jsonb ELSE '{"byName": null}'::jsonb END
WHERE n."userId" IN (
    SELECT other."userId" FROM "ChatMember" mine JOIN "ChatMember" other ON other."chatId" = mine."chatId"
    WHERE mine."userId" = ${userId}::uuid
  )
  AND n.kind IN ('mention', 'chat_invite') AND coalesce(n.data ->> 'authorId', n.data ->> 'byId') = ${userId}`;
}
