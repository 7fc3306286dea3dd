import { botPersonTag, cacheManager } from "../cache";
import { Prisma, type Transaction } from "../db";

interface BotPersonRow {
  id: string;
  projectId: string;
  telegramId: bigint;
}

const whichSql = (which: { userId: string } | { personIds: readonly string[] }) =>
  "userId" in which
    ? Prisma.sql`"userId" = ${which.userId}::uuid`
    : Prisma.sql`id = ANY (${which.personIds}::uuid[])`;

/**
 * Turns an account's notifications in Telegram on or off: for all its Telegram users, or for some. Those that wait to be
 * sent are dropped when they are turned off. Safe to repeat.
 *
 * @returns whether there is a linked Telegram user
 */
export async function switchTelegramNotifications(
  tx: Transaction,
  which: { userId: string } | { personIds: readonly string[] },
  on: boolean,
): Promise<boolean> {
  const people = await tx.$queryRaw<BotPersonRow[]>`
WITH linked AS (
  SELECT id FROM "BotPerson" WHERE ${whichSql(which)} AND "userId" IS NOT NULL ORDER BY id FOR NO KEY UPDATE
)
UPDATE "BotPerson" person SET "isNotified" = ${on} FROM linked WHERE person.id = linked.id
RETURNING person.id, person."projectId", person."telegramId"`;
  if (people.length === 0) return false;
  if (!on)
    await dropUnsentNotifications(
      tx,
      people.map(({ id }) => id),
    );
  await cacheManager.invalidateAfterCommit(
    tx,
    people.map(({ projectId, telegramId }) => botPersonTag(projectId, String(telegramId))),
  );
  return true;
}

/** Ends links of Telegram users with their accounts, and what is sent to them because of it. */
export async function clearTelegramLinks(tx: Transaction, personIds: readonly string[]): Promise<void> {
  await tx.botPerson.updateMany({
    where: { id: { in: [...personIds] } },
    data: { userId: null, linkedAt: null, isNotified: false },
  });
  await dropUnsentNotifications(tx, personIds);
}

/** Drops the notifications that wait to be sent to Telegram users. One whose call is under way may arrive. */
async function dropUnsentNotifications(tx: Transaction, personIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
UPDATE "BotMessage" SET state = 'failed', error = 'no longer wanted', payload = '{}'
WHERE "personId" = ANY (${personIds}::uuid[]) AND state = 'pending' AND "notificationId" IS NOT NULL`;
}
