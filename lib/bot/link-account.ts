import { z } from "zod";
import { clearTelegramLinks, enqueueNoticeMail } from "../accounts";
import { type AuditContext, recordAudit } from "../audit";
import { accountTag, botPersonTag, type CachedBot, type CachedPerson, cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { db, type Transaction, transaction } from "../db";
import type { BotLink, LinkOffer, NewLinkCode } from "../schemas/bot-links";
import { findBot } from "./bots";
import { botChatUrl } from "./chat-url";
import { hashLinkCode, isLinkCode, LINK_CODE_MINUTES, newLinkCode } from "./link-code";

const usedRowsSchema = z.array(
  z.object({ projectId: z.uuid(), personId: z.uuid().nullable(), userId: z.uuid().nullable() }),
);

/**
 * Marks a code as used, once.
 * @param projectId  the code of another bot stays unused
 * @returns what it links; null when it is unknown, used or expired
 */
async function redeemCode(
  tx: Transaction,
  code: string,
  side: "personId" | "userId",
  projectId: string | null = null,
) {
  if (!isLinkCode(code)) return null;
  const rows = await tx.$queryRaw`
UPDATE "BotLinkCode" SET "usedAt" = clock_timestamp()
WHERE hash = ${hashLinkCode(code)} AND "usedAt" IS NULL AND "expiresAt" > clock_timestamp()
  AND CASE ${side} WHEN 'userId' THEN "userId" ELSE "personId" END IS NOT NULL
  AND (${projectId}::uuid IS NULL OR "projectId" = ${projectId}::uuid)
RETURNING "projectId", "personId", "userId"`;
  return usedRowsSchema.parse(rows)[0] ?? null;
}

/**
 * Links the person who sent a code to the bot with the account that made it on the site. The person's row is locked.
 * @returns null when the code does not fit: unknown, used, expired, or of another bot
 */
export async function redeemInBot(
  tx: Transaction,
  subject: { bot: CachedBot; person: CachedPerson; telegramId: string; code: string },
): Promise<{ userId: string; accountName: string } | null> {
  const { bot, person, telegramId, code } = subject;
  const used = await redeemCode(tx, code, "userId", bot.id);
  if (!used?.userId) return null;
  return link(tx, { projectId: bot.id, personId: person.id, telegramId, userId: used.userId });
}

interface NewLink {
  projectId: string;
  personId: string;
  telegramId: string;
  userId: string;
}

/** Links an account with a Telegram user. Each has at most one link in a bot: an older one ends. */
async function link(
  tx: Transaction,
  { projectId, personId, telegramId, userId }: NewLink,
  context: AuditContext = {},
): Promise<{ userId: string; accountName: string } | null> {
  // Locked first, so that two Telegram users who link the account, or its deletion, run one after another.
  const accounts = await tx.$queryRaw<{ id: string; name: string; locale: string | null }[]>`
SELECT id, name, locale FROM "User" WHERE id = ${userId}::uuid AND "deletedAt" IS NULL FOR NO KEY UPDATE`;
  const [account] = accounts;
  if (!account) return null;
  const older = await tx.botPerson.findMany({
    where: { projectId, OR: [{ userId }, { id: personId }], userId: { not: null } },
    select: { id: true, telegramId: true },
  });
  await clearTelegramLinks(
    tx,
    older.map(({ id }) => id),
  );
  await tx.botPerson.update({
    where: { id: personId },
    data: { userId, linkedAt: new Date(now()) },
    select: { id: true },
  });
  await recordAudit(tx, {
    ...{
      action: "telegram_linked",
      actorId: userId,
      subject: `user:${userId}`,
      data: { personId },
      ...context,
    },
  });
  await enqueueNoticeMail(tx, account, { notice: "telegram_linked", key: newId() });
  const tags = older.map((person) => botPersonTag(projectId, String(person.telegramId)));
  await cacheManager.invalidateAfterCommit(tx, [
    ...tags,
    botPersonTag(projectId, telegramId),
    accountTag(userId),
  ]);
  return { userId, accountName: account.name };
}

/**
 * Makes a code for the caller's account that links the Telegram user who sends it to the bot.
 * @throws {AppError} not_found
 */
export async function createLinkCode({ userId }: Caller, projectId: string): Promise<NewLinkCode> {
  const bot = await findBot(projectId);
  if (bot?.state !== "active") throw new AppError("not_found");
  const { code, row } = newLinkCode({ siteUrl: "", nowMs: now() });
  await db().botLinkCode.create({
    data: { ...row, projectId, userId, expiresAt: new Date(row.expiresAt) },
    select: { id: true },
  });
  return {
    code,
    url: `${botChatUrl(bot.username)}?start=${code}`,
    botName: bot.name,
    expiresAt: row.expiresAt,
    minutes: LINK_CODE_MINUTES,
  };
}

/** Whom a code would link, for the page that asks for consent; null when it is unknown, used or expired. */
export async function findLinkOffer(code: string): Promise<LinkOffer | null> {
  if (!isLinkCode(code)) return null;
  const row = await db().botLinkCode.findFirst({
    where: { hash: hashLinkCode(code), usedAt: null, expiresAt: { gt: new Date(now()) } },
    select: { projectId: true, person: { select: { name: true } } },
  });
  if (!row?.person) return null;
  const bot = await findBot(row.projectId);
  return bot && { name: row.person.name, botName: bot.name, botUsername: bot.username };
}

/**
 * Links the caller's account with the Telegram user who got the code in a bot.
 * @throws {AppError} bad_request: the code is unknown, used or expired
 */
export async function redeemOnSite({ userId }: Caller, code: string, context: AuditContext): Promise<void> {
  const linked = await transaction(async (tx) => {
    const used = await redeemCode(tx, code, "personId");
    if (!used?.personId) return null;
    const rows = await tx.$queryRaw<{ telegramId: bigint }[]>`
SELECT "telegramId" FROM "BotPerson" WHERE id = ${used.personId}::uuid FOR NO KEY UPDATE`;
    const [person] = rows;
    if (!person) return null;
    const { projectId, personId } = used;
    return link(tx, { projectId, personId, telegramId: String(person.telegramId), userId }, context);
  });
  if (!linked) throw new AppError("bad_request", { message: "telegram_code_invalid", field: "code" });
}

/** The Telegram users that may act for the account. */
export async function listLinks({ userId }: Pick<Caller, "userId">): Promise<BotLink[]> {
  const rows = await db().botPerson.findMany({
    where: { userId },
    orderBy: { id: "asc" },
    select: {
      id: true,
      name: true,
      linkedAt: true,
      project: { select: { name: true, username: true } },
    },
  });
  return rows.map(({ id, name, linkedAt, project }) => ({
    ...{ id, name, botName: project.name, botUsername: project.username },
    linkedAt: linkedAt?.toISOString() ?? null,
  }));
}

/** Ends a link. Safe to repeat. @throws {AppError} not_found: not the caller's */
export async function unlink({ userId }: Caller, personId: string, context: AuditContext): Promise<void> {
  await transaction(async (tx) => {
    const person = await tx.botPerson.findUnique({
      where: { id: personId, userId },
      select: { projectId: true, telegramId: true },
    });
    if (!person) throw new AppError("not_found");
    await clearTelegramLinks(tx, [personId]);
    const subject = `user:${userId}` as const;
    await recordAudit(tx, {
      ...{ action: "telegram_unlinked", actorId: userId, subject, data: { personId }, ...context },
    });
    const tag = botPersonTag(person.projectId, String(person.telegramId));
    await cacheManager.invalidateAfterCommit(tx, [tag]);
  });
}

/** The bot that accounts are linked with: the administrators' first one; null without one. */
export async function findLinkBot(): Promise<{ id: string; name: string; username: string } | null> {
  return db().botProject.findFirst({
    where: { isAdministrators: true, state: "active", owner: { deletedAt: null, role: "admin" } },
    orderBy: { id: "asc" },
    select: { id: true, name: true, username: true },
  });
}
