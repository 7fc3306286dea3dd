import type { Transaction } from "../db";

/**
 * Takes somebody's name out of what others were told of them: that they mentioned them, or put them into a group. In the
 * transaction that deletes the account, while its chats still say who that may be.
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
