import { GrammyError } from "grammy";
import { recordAudit } from "../../audit";
import { now } from "../../core/clock";
import { defer } from "../../core/defer";
import { AppError } from "../../core/errors";
import { log } from "../../core/log";
import { requireRole } from "../../core/permission";
import { afterCommit } from "../../db";
import { type Bot, type BotChange, MAX_BOTS_PER_ARTIST } from "../../schemas/bot-console";
import { botApi } from "../bots";
import { eraseDeletedBot } from "../erase-bot";
import { addBotByToken, connectBot } from "../register-bot";
import { sweepChats } from "../sweep-chats";
import { sweepDueExecutions } from "../sweep-due";
import { getBot } from "./list-bots";
import { type Operator, operate } from "./operate";
import { requireBot } from "./require-bot";

/**
 * Adds the bot of a token with the ready workflows, and gives Telegram its address. Safe to repeat: a bot that is the
 * caller's gets the token.
 *
 * @throws {AppError} forbidden for listeners; bad_request: Telegram does not know the token; conflict: the bot is another
 *         owner's, or the caller has too many; unavailable: Telegram does not answer
 */
export async function createBot(
  { caller, context }: Operator,
  { token, name }: { token: string; name?: string | undefined },
): Promise<Bot> {
  requireRole(caller, "artist", "admin");
  const { userId, role } = caller;
  const isAdministrators = role === "admin";
  const id = await addBotByToken({ ownerId: userId, token, name, isAdministrators }, async (tx, bot) => {
    if (bot.isNew && !isAdministrators) {
      // Two requests at once take their turn.
      await tx.$queryRaw`SELECT 1 FROM "User" WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
      const count = await tx.botProject.count({ where: { ownerId: userId, deletedAt: null } });
      if (count >= MAX_BOTS_PER_ARTIST) throw new AppError("conflict", { message: "too_many_bots" });
    }
    const action = bot.isNew ? "bot_added" : "bot_token_changed";
    await recordAudit(tx, { action, actorId: userId, subject: `bot:${bot.id}`, ...context });
  });
  await connectBot(id).catch((error: unknown) => {
    log().warn({ err: error, projectId: id }, "webhook of a new bot not set");
  });
  return getBot(caller, id);
}

/**
 * Renames, pauses or resumes a bot. A paused one ignores updates and sends nothing; what waited for it goes on at once
 * when it is resumed. Safe to repeat.
 *
 * @throws {AppError} forbidden for listeners; not_found
 */
export async function changeBot(
  { caller, context }: Operator,
  botId: string,
  { state, name }: BotChange,
): Promise<Bot> {
  const operation = {
    botId,
    name: "change",
    input: { state, name },
    resultId: botId,
    changesBot: true,
  } as const;
  await operate({ caller, context }, operation, async (tx, bot) => {
    const subject = `bot:${botId}` as const;
    const record = { actorId: caller.userId, subject, ...context };
    if (name !== undefined) await recordAudit(tx, { action: "bot_renamed", ...record });
    if (state !== undefined && state !== bot.state)
      await recordAudit(tx, { action: state === "paused" ? "bot_paused" : "bot_resumed", ...record });
    const data = { ...(state ? { state } : {}), ...(name ? { name } : {}) };
    await tx.botProject.update({ where: { id: botId }, data, select: { id: true } });
    if (state === "active" && bot.state === "paused") afterCommit(tx, () => defer(() => rearmBot(botId)));
  });
  return getBot(caller, botId);
}

/** Best effort: the sweeps do the same later, and tasks that were postponed come again by themselves. */
async function rearmBot(botId: string): Promise<void> {
  try {
    await sweepDueExecutions({ resumedBotId: botId });
    await sweepChats({ botId });
  } catch (error) {
    log().warn({ err: error, projectId: botId }, "a resumed bot goes on with the next sweep");
  }
}

/**
 * Deletes a bot with all conversations: hidden and silent at once, and erased in batches after the response; the tidy
 * finishes what is left.
 *
 * @throws {AppError} forbidden for listeners; not_found
 */
export async function deleteBot({ caller, context }: Operator, botId: string): Promise<void> {
  const operation = { botId, name: "delete", input: null, resultId: botId, changesBot: true } as const;
  await operate({ caller, context }, operation, async (tx, bot) => {
    await recordAudit(tx, {
      ...{ action: "bot_deleted", actorId: caller.userId, subject: `bot:${botId}`, ...context },
    });
    const data = { state: "paused", deletedAt: new Date(now()) } as const;
    await tx.botProject.update({ where: { id: botId }, data, select: { id: true } });
    afterCommit(tx, () =>
      defer(async () => {
        await disconnectBot(bot);
        await eraseDeletedBot(botId).catch((error: unknown) => {
          log().warn({ err: error, projectId: botId }, "the tidy goes on with a deleted bot");
        });
      }),
    );
  });
}

/** Best effort: to an unknown bot the webhook answers that it ignores the update. */
async function disconnectBot(bot: { id: string; encryptedToken: string }): Promise<void> {
  try {
    await botApi(bot).deleteWebhook();
  } catch (error) {
    log().info({ err: error, projectId: bot.id }, "webhook of a deleted bot not removed");
  }
}

/**
 * Gives Telegram the bot's address and menu again. Safe to repeat.
 * @throws {AppError} forbidden for listeners; not_found; conflict: the token is no longer valid; unavailable: Telegram
 *         does not answer
 */
export async function reconnectBot({ caller }: Pick<Operator, "caller">, botId: string): Promise<Bot> {
  await requireBot(caller, botId);
  try {
    await connectBot(botId);
  } catch (cause) {
    if (cause instanceof GrammyError && cause.error_code < 429)
      throw new AppError("conflict", { message: "bot_token_invalid", cause });
    throw new AppError("unavailable", { message: "telegram_unavailable", retryAfterSeconds: 30, cause });
  }
  return getBot(caller, botId);
}
