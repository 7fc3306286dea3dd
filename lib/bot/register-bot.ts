import { createHash } from "node:crypto";
import { GrammyError } from "grammy";
import { botProjectTag, cacheManager } from "../cache";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { encryptSecret } from "../core/secret-box";
import { db, isUniqueViolation, type Transaction } from "../db";
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

/** What else is decided and recorded in the transaction that adds a bot, or changes its token. */
export type WithBot = (tx: Transaction, bot: { id: string; isNew: boolean }) => Promise<void>;

/**
 * Adds a bot with the ready workflows. Its webhook is set by {@link setWebhooks}. Telegram is not called.
 * @returns its id
 * @throws when the bot is known already
 */
export async function addBot(
  { ownerId, name, token, username, isAdministrators }: NewBot,
  withBot: WithBot = async () => {},
): Promise<string> {
  const id = newId();
  const checked = checkWorkflows(readyWorkflows(isAdministrators), { isAdministrators });
  await cacheManager.withInvalidation([botProjectTag(id)], async (tx) => {
    await withBot(tx, { id, isNew: true });
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
 * the ready workflows that are newer than it, and its webhook is set again: BotFather has revoked the token before, or it
 * cannot be decrypted after a change of AUTH_SECRET.
 *
 * @throws {AppError} bad_request: Telegram does not know the token; conflict: the bot is another owner's, or is being
 *         deleted; unavailable: Telegram does not answer
 */
export async function addBotByToken(
  input: Omit<NewBot, "username" | "name"> & { name?: string | undefined },
  withBot?: WithBot,
): Promise<string> {
  const { token, ownerId } = input;
  const invalid = { message: "bot_token_invalid", field: "token" } as const;
  if (!TOKEN_PATTERN.test(token)) throw new AppError("bad_request", invalid);
  await findKnownBot(token, ownerId);
  const { username, first_name } = await createApi(token)
    .getMe()
    .catch((cause: unknown) => {
      if (cause instanceof GrammyError && cause.error_code < 429)
        throw new AppError("bad_request", { ...invalid, cause });
      throw new AppError("unavailable", { message: "telegram_unavailable", retryAfterSeconds: 30, cause });
    });
  const known = await findKnownBot(token, ownerId);
  if (known) return changeToken(known.id, { ...input, username }, withBot);
  try {
    return await addBot({ ...input, name: input.name ?? first_name, username }, withBot);
  } catch (error) {
    // Added meanwhile, by a repeat of the same request.
    const other = isUniqueViolation(error) && (await findKnownBot(token, ownerId));
    if (!other) throw error;
    return other.id;
  }
}

/** @throws {AppError} conflict: the bot is another owner's, or is being deleted */
async function findKnownBot(token: string, ownerId: string): Promise<{ id: string } | null> {
  const known = await db().botProject.findUnique({
    where: { telegramId: BigInt(token.split(":")[0] ?? "") },
    select: { id: true, ownerId: true, deletedAt: true },
  });
  if (known && known.ownerId !== ownerId) throw new AppError("conflict", { message: "bot_of_another_owner" });
  if (known?.deletedAt) throw new AppError("conflict", { message: "bot_being_deleted" });
  return known;
}

async function changeToken(
  id: string,
  { token, ownerId, username, isAdministrators: mayBeAdministrators }: Omit<NewBot, "name">,
  withBot?: WithBot,
): Promise<string> {
  const data = { encryptedToken: encryptSecret("bot-token", token), username, webhookUrl: null };
  await cacheManager.withInvalidation([botProjectTag(id)], async (tx) => {
    await withBot?.(tx, { id, isNew: false });
    const { isAdministrators, workflows } = await tx.botProject.update({
      where: { id, ownerId },
      data,
      select: { isAdministrators: true, workflows: { select: { key: true, command: true } } },
    });
    const missing = readyWorkflows(isAdministrators && mayBeAdministrators).filter(
      (ready) => !workflows.some(({ key, command }) => key === ready.key || command === ready.command),
    );
    const keys = workflows.map(({ key }) => key);
    await insertVersions(tx, id, checkWorkflows(missing, { isAdministrators, known: keys }));
  });
  return id;
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
    where: { deletedAt: null, owner: { deletedAt: null } },
    select: { id: true, webhookUrl: true },
  });
  const ids = known.filter((bot) => all || bot.webhookUrl !== webhookUrl(bot.id)).map(({ id }) => id);
  const bots =
    ids.length === 0
      ? []
      : await db().botProject.findMany({
          where: { id: { in: ids } },
          orderBy: { id: "asc" },
          select: webhookColumns,
        });
  const result: SetWebhooks = { set: [], failed: [] };
  for (const bot of bots) {
    try {
      await setWebhook(bot);
      result.set.push(bot.name);
    } catch (error) {
      log().error({ err: error, projectId: bot.id }, "webhook of a bot not set");
      result.failed.push(bot.name);
    }
  }
  return result;
}

/**
 * Gives Telegram the address and the menu of one bot. Safe to repeat.
 * @throws what Telegram answers
 */
export async function connectBot(id: string): Promise<void> {
  await setWebhook(await db().botProject.findUniqueOrThrow({ where: { id }, select: webhookColumns }));
}

const webhookColumns = {
  ...{ id: true, name: true, encryptedToken: true, webhookUrl: true },
  workflows: { orderBy: { id: "asc" }, select: { command: true, publishedVersionId: true } },
} as const;

interface ConnectedBot {
  id: string;
  encryptedToken: string;
  workflows: { command: string | null; publishedVersionId: string | null }[];
}

async function setWebhook(bot: ConnectedBot): Promise<void> {
  const url = webhookUrl(bot.id);
  const commands = bot.workflows.flatMap(({ command, publishedVersionId }) =>
    command === null || publishedVersionId === null ? [] : [command],
  );
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
