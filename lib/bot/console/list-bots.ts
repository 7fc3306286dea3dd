import { z } from "zod";
import type { Caller } from "../../core/access-token";
import { now } from "../../core/clock";
import { AppError } from "../../core/errors";
import { db } from "../../db";
import {
  type Bot,
  type BotNumbers,
  type BotPage,
  botNumbersSchema,
  type botPageQuerySchema,
  MAX_EXECUTION_COUNT,
  MAX_PEOPLE_COUNT,
} from "../../schemas/bot-console";
import { webhookUrl } from "../bots";
import { botsOf } from "./require-bot";

const columns = {
  ...{ id: true, name: true, username: true, state: true, ownerId: true, isAdministrators: true },
  ...{ webhookUrl: true, createdAt: true, owner: { select: { name: true, role: true } } },
} as const;

/** One page of the bots that the caller runs, newest first. @throws {AppError} forbidden for listeners */
export async function listBots(
  caller: Caller,
  { cursor, limit }: z.output<typeof botPageQuerySchema>,
): Promise<BotPage> {
  const rows = await db().botProject.findMany({
    where: { AND: [botsOf(caller), cursor ? { id: { lt: cursor } } : {}] },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: columns,
  });
  const items = rows.slice(0, limit).map(toBot);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** @throws {AppError} forbidden for listeners; not_found */
export async function getBot(caller: Caller, botId: string): Promise<Bot> {
  const row = await db().botProject.findFirst({
    where: { AND: [botsOf(caller), { id: botId }] },
    select: columns,
  });
  if (!row) throw new AppError("not_found", { message: "bot_not_found" });
  return toBot(row);
}

interface BotRow {
  id: string;
  name: string;
  username: string;
  state: Bot["state"];
  ownerId: string;
  isAdministrators: boolean;
  webhookUrl: string | null;
  createdAt: Date;
  owner: { name: string; role: string };
}

function toBot({ owner, createdAt, webhookUrl: url, ...row }: BotRow): Bot {
  return {
    ...row,
    ownerName: owner.name,
    isAdministrators: row.isAdministrators && owner.role === "admin",
    isConnected: url === webhookUrl(row.id),
    createdAt: createdAt.toISOString(),
  };
}

const numbersRowsSchema = z.array(botNumbersSchema);

/**
 * Live numbers of bots that the caller runs, in the order of the ids. One statement, from indexes; each count stops at
 * its limit.
 *
 * @throws {AppError} forbidden for listeners
 */
export async function readBotNumbers(caller: Caller, botIds: readonly string[]): Promise<BotNumbers[]> {
  const own = await db().botProject.findMany({
    where: { AND: [botsOf(caller), { id: { in: [...botIds] } }] },
    select: { id: true },
  });
  if (own.length === 0) return [];
  const midnight = new Date(new Date(now()).setUTCHours(0, 0, 0, 0));
  const rows = await db().$queryRaw`
SELECT bot.id AS "botId",
  (SELECT count(*)::int FROM (SELECT FROM "BotPerson" WHERE "projectId" = bot.id LIMIT ${MAX_PEOPLE_COUNT}) people) AS people,
  (SELECT count(*)::int FROM (SELECT FROM "BotExecution" WHERE "projectId" = bot.id AND state = 'waiting'
    LIMIT ${MAX_EXECUTION_COUNT}) waiting) AS waiting,
  (SELECT count(*)::int FROM (SELECT FROM "BotExecution" WHERE "projectId" = bot.id AND state = 'failed'
    AND "finishedAt" >= ${midnight} LIMIT ${MAX_EXECUTION_COUNT}) failed) AS "failedToday"
FROM unnest(${own.map(({ id }) => id)}::uuid[]) AS bot(id)`;
  const byId = new Map(numbersRowsSchema.parse(rows).map((row) => [row.botId, row]));
  return botIds.flatMap((id) => byId.get(id) ?? []);
}
