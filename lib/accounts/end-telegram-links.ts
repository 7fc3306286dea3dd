import { type AuditContext, recordAudit } from "../audit";
import { botPersonTag, cacheManager } from "../cache";
import type { Transaction } from "../db";
import { clearTelegramLinks } from "./telegram-notifications";

/**
 * Ends all of an account's links with Telegram users: a client who had the password may have made one.
 * @param actorId  who does it, if not the user
 */
export async function endTelegramLinks(
  tx: Transaction,
  userId: string,
  auditContext: AuditContext,
  actorId = userId,
): Promise<void> {
  const people = await tx.botPerson.findMany({
    where: { userId },
    select: { id: true, projectId: true, telegramId: true },
  });
  if (people.length === 0) return;
  await clearTelegramLinks(
    tx,
    people.map(({ id }) => id),
  );
  const subject = `user:${userId}` as const;
  for (const { id: personId } of people)
    await recordAudit(tx, {
      ...{ action: "telegram_unlinked", actorId, subject, data: { personId }, ...auditContext },
    });
  const tags = people.map(({ projectId, telegramId }) => botPersonTag(projectId, String(telegramId)));
  await cacheManager.invalidateAfterCommit(tx, tags);
}
