import { botProjectTag, cacheManager } from "../cache";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { encryptSecret } from "../core/secret-box";
import { db } from "../db";
import { botApi, createApi, webhookSecret, webhookUrl } from "./bots";
import { publishWorkflows } from "./publish-workflow";
import { readyWorkflows } from "./ready-workflows";

/** The bot's id in Telegram, a colon, and the secret. */
const TOKEN_PATTERN = /^\d{3,20}:[\w-]{20,100}$/;

export interface NewBot {
  ownerId: string;
  name: string;
  /** As BotFather gave it. */
  token: string;
  username: string;
  isAdministrators: boolean;
}

/**
 * Adds a bot with the ready workflows. Its webhook is set by {@link setWebhooks}. Telegram is not called.
 * @returns its id
 * @throws when the bot is known already
 */
export async function addBot({ ownerId, name, token, username, isAdministrators }: NewBot): Promise<string> {
  const id = newId();
  await db().botProject.create({
    data: {
      ...{ id, ownerId, name, username, isAdministrators },
      telegramId: BigInt(token.split(":")[0] ?? ""),
      encryptedToken: encryptSecret("bot-token", token),
    },
    select: { id: true },
  });
  await publishWorkflows(id, readyWorkflows(isAdministrators));
  return id;
}

/**
 * As {@link addBot}, with the username that Telegram has for the token; nothing happens if the bot is known.
 * @throws {AppError} bad_request: Telegram does not know the token; unavailable: it does not answer
 */
export async function addBotByToken(input: Omit<NewBot, "username" | "name">): Promise<string> {
  if (!TOKEN_PATTERN.test(input.token)) throw new AppError("bad_request");
  const telegramId = BigInt(input.token.split(":")[0] ?? "");
  const known = await db().botProject.findUnique({ where: { telegramId }, select: { id: true } });
  if (known) return known.id;
  const { username, first_name: name } = await createApi(input.token)
    .getMe()
    .catch((cause: unknown) => {
      throw new AppError("unavailable", { retryAfterSeconds: 30, cause });
    });
  return addBot({ ...input, name, username });
}

const ALLOWED_UPDATES = ["message", "callback_query"] as const;

/**
 * Gives Telegram the address of every bot whose address it does not have, or with `all` of every bot. Safe to repeat.
 * @returns names of the bots that were set
 */
export async function setWebhooks({ all = false } = {}): Promise<string[]> {
  const bots = await db().botProject.findMany({
    where: { owner: { deletedAt: null } },
    orderBy: { id: "asc" },
  });
  const set: string[] = [];
  for (const bot of bots) {
    const url = webhookUrl(bot.id);
    if (!all && bot.webhookUrl === url) continue;
    await botApi(bot).setWebhook(url, {
      secret_token: webhookSecret(bot.id),
      allowed_updates: ALLOWED_UPDATES,
      max_connections: 40,
    });
    await botApi(bot).setMyCommands(
      [
        { command: "start", description: "Меню" },
        { command: "history", description: "Покупки" },
        { command: "referral", description: "Пригласить друзей" },
        { command: "spend", description: "Потратить бонусы" },
        { command: "link", description: "Связать с аккаунтом" },
      ],
      { language_code: "ru" },
    );
    await botApi(bot).setMyCommands([
      { command: "start", description: "Menu" },
      { command: "history", description: "Purchases" },
      { command: "referral", description: "Invite friends" },
      { command: "spend", description: "Spend bonuses" },
      { command: "link", description: "Link your account" },
    ]);
    await cacheManager.withInvalidation([botProjectTag(bot.id)], (tx) =>
      tx.botProject.update({ where: { id: bot.id }, data: { webhookUrl: url }, select: { id: true } }),
    );
    set.push(bot.name);
  }
  return set;
}

/** At a server's start: a moved deployment, or a new bot, gets its address. Never throws. */
export async function setWebhooksAtStart(): Promise<void> {
  try {
    for (const name of await setWebhooks()) log().info({ bot: name }, "webhook set");
  } catch (error) {
    log().warn({ err: error }, "webhooks of bots not set: npm run bot:webhooks does it");
  }
}
