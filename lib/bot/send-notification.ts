import { z } from "zod";
import type { Locale } from "../core/locale";
import type { Transaction } from "../db";
import { cachedPersonSchema } from "../schemas/bot";
import { loadBot } from "./bots";
import { commitChange } from "./commit-run";
import { htmlMessage } from "./node-message";
import { loadSession } from "./people";

const peopleRowsSchema = z.array(
  z.object({ ...cachedPersonSchema.shape, projectId: z.uuid(), telegramId: z.string() }),
);

/**
 * Writes a notification to the chats of an account's Telegram users who want it, in the transaction of the notification.
 * It is sent after the commit as every message of a bot: at most once. A paused bot is given none, so its people do not
 * get old ones when it goes on.
 *
 * @param html  in the language of the Telegram user, as Telegram's HTML
 */
export async function sendNotification(
  tx: Transaction,
  { userId, notificationId }: { userId: string; notificationId: string },
  html: (language: Locale) => string,
): Promise<void> {
  const rows = await tx.$queryRaw`
SELECT id, name, language, "userId", "isNotified", "projectId", "telegramId"::text FROM "BotPerson"
WHERE "userId" = ${userId}::uuid AND "isNotified" ORDER BY id FOR NO KEY UPDATE`;
  for (const { projectId, telegramId, ...person } of peopleRowsSchema.parse(rows)) {
    const bot = await loadBot(projectId, tx);
    if (bot?.state !== "active" || !bot.isAdministrators) continue;
    const session = await loadSession(tx, person.id);
    const message = { ...htmlMessage(telegramId, html(person.language)), notificationId };
    const outcome = await commitChange(
      tx,
      { runs: [], cancelled: [], messages: [message] },
      { bot, person, telegramId, session, updateId: null, profile: null },
    );
    if (outcome !== "written") throw new Error("a person's revision changed under its lock");
  }
}
