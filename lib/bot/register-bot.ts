import { createHash } from "node:crypto";
import { GrammyError } from "grammy";
import { botProjectTag, cacheManager } from "../cache";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { encryptSecret } from "../core/secret-box";
import { db } from "../db";
import { acquireLock } from "../redis";
import { botApi, createApi, webhookSecret, webhookUrl } from "./bots";
import { commandMenu } from "./command-menu";
import { checkWorkflows, insertVersions } from "./publish-workflow";
import { readyWorkflows } from "./ready-workflows";

/** The bot's id in Telegram, a colon, and the secret. */
const TOKEN_PATTERN = /^\d{3,20}:[\w-]{20,100}$/;

interface NewBot {
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
  const checked = checkWorkflows(readyWorkflows(isAdministrators), { isAdministrators });
  await cacheManager.withInvalidation([botProjectTag(id)], async (tx) => {
    await tx.botProject.create({
      data: {
        ...{ id, ownerId, name, username, isAdministrators },
        telegramId: BigInt(token.split(":")[0] ?? ""),
        encryptedToken: encryptSecret("bot-token", token),
      },
      select: { id: true },
    });
    await insertVersions(tx, id, checked);
  });
  return id;
}

/**
 * As {@link addBot}, with the username that Telegram has for the token. A known bot of the same owner gets the token and
 * the ready workflows that are newer than it, and its webhook is set again: BotFather has revoked the one before, or it cannot be decrypted after a change of AUTH_SECRET.
 *
 * @throws {AppError} bad_request: Telegram does not know the token; conflict: the bot is another owner's; unavailable:
 *         Telegram does not answer
 */
export async function addBotByToken(input: Omit<NewBot, "username" | "name">): Promise<string> {
  if (!TOKEN_PATTERN.test(input.token)) throw new AppError("bad_request");
  const telegramId = BigInt(input.token.split(":")[0] ?? "");
  const known = await db().botProject.findUnique({
    where: { telegramId },
    select: { id: true, ownerId: true },
  });
  if (known && known.ownerId !== input.ownerId) throw new AppError("conflict");
  const { username, first_name: name } = await createApi(input.token)
    .getMe()
    .catch((cause: unknown) => {
      if (cause instanceof GrammyError && cause.error_code < 429)
        throw new AppError("bad_request", { cause });
      throw new AppError("unavailable", { retryAfterSeconds: 30, cause });
    });
  if (known) {
    const data = { encryptedToken: encryptSecret("bot-token", input.token), username, webhookUrl: null };
    await cacheManager.withInvalidation([botProjectTag(known.id)], async (tx) => {
      const { isAdministrators, workflows } = await tx.botProject.update({
        where: { id: known.id, ownerId: input.ownerId },
        data,
        select: { isAdministrators: true, workflows: { select: { key: true, command: true } } },
      });
      const missing = readyWorkflows(isAdministrators && input.isAdministrators).filter(
        (ready) => !workflows.some(({ key, command }) => key === ready.key || command === ready.command),
      );
      const keys = workflows.map(({ key }) => key);
      await insertVersions(tx, known.id, checkWorkflows(missing, { isAdministrators, known: keys }));
    });
    return known.id;
  }
  return addBot({ ...input, name, username });
}

const ALLOWED_UPDATES = ["message", "callback_query"] as const;

interface SetWebhooks {
  /** Names of the bots that were set. */
  set: string[];
  /** Of those that could not be: Telegram does not answer, or the token is no longer valid. */
  failed: string[];
}

/**
 * Gives Telegram the address of every bot whose address it does not have, or with `all` of every bot. Safe to repeat; one
 * that fails does not stop the others.
 */
export async function setWebhooks({ all = false } = {}): Promise<SetWebhooks> {
  const known = await db().botProject.findMany({
    where: { owner: { deletedAt: null } },
    select: { id: true, webhookUrl: true },
  });
  const ids = known.filter((bot) => all || bot.webhookUrl !== webhookUrl(bot.id)).map(({ id }) => id);
  const bots =
    ids.length === 0
      ? []
      : await db().botProject.findMany({
          where: { id: { in: ids } },
          orderBy: { id: "asc" },
          include: { workflows: { orderBy: { id: "asc" } } },
        });
  const result: SetWebhooks = { set: [], failed: [] };
  for (const bot of bots) {
    try {
      const commands = bot.workflows.flatMap(({ command, publishedVersionId }) =>
        command === null || publishedVersionId === null ? [] : [command],
      );
      await setWebhook(bot, commands);
      result.set.push(bot.name);
    } catch (error) {
      log().error({ err: error, projectId: bot.id }, "webhook of a bot not set");
      result.failed.push(bot.name);
    }
  }
  return result;
}

async function setWebhook(bot: { id: string; encryptedToken: string }, commands: string[]): Promise<void> {
  const url = webhookUrl(bot.id);
  const api = botApi(bot);
  await api.setWebhook(url, {
    secret_token: webhookSecret(bot.id),
    allowed_updates: ALLOWED_UPDATES,
    max_connections: 40,
  });
  await api.setMyCommands(commandMenu(commands, "ru"), { language_code: "ru" });
  await api.setMyCommands(commandMenu(commands, "en"));
  await cacheManager.withInvalidation([botProjectTag(bot.id)], (tx) =>
    tx.botProject.update({ where: { id: bot.id }, data: { webhookUrl: url }, select: { id: true } }),
  );
}

/** On Vercel each cold start is a start; a bot that could not be set is tried again after so long. */
const START_CLAIM_MS = 3_600_000;

/**
 * At a server's start: a moved deployment, or a new bot, gets its address. Previews leave it alone, because they may have
 * production's database. On Vercel the first of an hour's cold starts reads the bots, the others only find its claim in
 * Redis. Never throws.
 */
export async function setWebhooksAtStart(): Promise<void> {
  const { VERCEL_ENV, APP_URL } = env();
  if (VERCEL_ENV !== undefined && VERCEL_ENV !== "production") return;
  try {
    if (VERCEL_ENV === "production" && !(await claimStart(APP_URL))) return;
    const { set, failed } = await setWebhooks();
    for (const name of set) log().info({ bot: name }, "webhook set");
    if (failed.length > 0) log().warn({ bots: failed }, "not set: npm run bot:webhooks tries it again");
  } catch (error) {
    log().warn({ err: error }, "webhooks of bots not set: npm run bot:webhooks does it");
  }
}

/** A lock that is not released: its time limit is the interval. */
async function claimStart(appUrl: string): Promise<boolean> {
  const address = createHash("sha256").update(appUrl).digest("hex");
  return (await acquireLock("bot-webhooks", address, { ttlMs: START_CLAIM_MS })).acquired;
}
