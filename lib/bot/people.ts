import { z } from "zod";
import { botPersonTag, type CachedPerson, type CachedSession, cacheManager } from "../cache";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import { db, Prisma, type Transaction } from "../db";
import { type Execution, executionSchema } from "../schemas/bot";
import { localeSchema } from "../schemas/locale";

/** A Telegram user as an update describes them. */
export interface TelegramUser {
  id: string;
  name: string;
  language: Locale;
}

/**
 * The person of a Telegram user in a bot; stored on the first update. Cached for half a minute after each of their
 * messages, so it is not refreshed before; a stale one is noticed when a run is written.
 */
export async function findOrCreatePerson(projectId: string, user: TelegramUser): Promise<CachedPerson> {
  const key = profileKey(projectId, user.id);
  return (
    (await cacheManager.get("botProfiles", key)) ??
    cacheManager.getOrSet(
      "botProfiles",
      key,
      async () => (await loadPerson(projectId, user.id)) ?? createPerson(projectId, user),
      { tags: [botPersonTag(projectId, user.id)] },
    )
  );
}

/** Caches a person as a run found them in Postgres. */
export async function rememberPerson(
  projectId: string,
  telegramId: string,
  { id, name, language, userId }: CachedPerson,
): Promise<void> {
  const tags = [botPersonTag(projectId, telegramId)];
  await cacheManager.set(
    "botProfiles",
    profileKey(projectId, telegramId),
    { id, name, language, userId },
    { tags },
  );
}

const profileKey = (projectId: string, telegramId: string): string => `${telegramId}:${projectId}`;

async function loadPerson(projectId: string, telegramId: string): Promise<CachedPerson | null> {
  const row = await db().botPerson.findUnique({
    where: { projectId_telegramId: { projectId, telegramId: BigInt(telegramId) } },
    select: { id: true, name: true, language: true, userId: true, isNotified: true },
  });
  return row && { ...row, language: localeSchema.parse(row.language) };
}

async function createPerson(
  projectId: string,
  { id: telegramId, name, language }: TelegramUser,
): Promise<CachedPerson> {
  // The first two updates of a person may arrive at once.
  await db().$executeRaw`
INSERT INTO "BotPerson" (id, "projectId", "telegramId", name, language)
VALUES (${newId()}::uuid, ${projectId}::uuid, ${BigInt(telegramId)}, ${name}, ${language})
ON CONFLICT ("projectId", "telegramId") DO NOTHING`;
  const created = await loadPerson(projectId, telegramId);
  if (!created) throw new Error("the bot was deleted while a person wrote to it");
  return created;
}

/** A person as tasks and operators know them: without an update. */
export type KnownPerson = CachedPerson & { telegramId: string };

/** Null when there is none. */
export async function readPerson(
  reader: Pick<Transaction, "botPerson">,
  { projectId, sessionId }: { projectId: string; sessionId: string },
): Promise<KnownPerson | null> {
  const row = await reader.botPerson.findUnique({
    where: { id: sessionId, projectId },
    select: { id: true, name: true, language: true, userId: true, isNotified: true, telegramId: true },
  });
  return row && { ...row, language: localeSchema.parse(row.language), telegramId: String(row.telegramId) };
}

/** Holds a person's row until the transaction ends: their updates and tasks wait. Null when there is none. */
export async function lockPerson(
  tx: Transaction,
  session: { projectId: string; sessionId: string },
): Promise<KnownPerson | null> {
  await tx.$queryRaw`SELECT 1 FROM "BotPerson" WHERE id = ${session.sessionId}::uuid FOR NO KEY UPDATE`;
  return readPerson(tx, session);
}

/** Unfinished executions that are looked at; one person has one of each workflow. */
const MAX_UNFINISHED = 50;

/** A person's revision and unfinished executions. Cached; {@link loadSession} reads Postgres. */
export function findSession(personId: string): Promise<CachedSession> {
  return cacheManager.getOrSet("botSessions", personId, () => loadSession(db(), personId));
}

const sessionRowsSchema = z.array(
  z.object({ revision: z.int(), executions: z.array(executionSchema).nullable() }),
);

/** A cached person was erased meanwhile, or is linked with another account. */
export class StalePersonError extends Error {
  constructor() {
    super("a person of a bot is not as they were cached");
    this.name = "StalePersonError";
  }
}

/** For a stale person: one who was erased is stored again by {@link findOrCreatePerson}. */
export async function invalidatePerson(projectId: string, telegramId: string): Promise<void> {
  await cacheManager.invalidateTag(botPersonTag(projectId, telegramId));
}

/**
 * One statement: revision and executions are of the same moment.
 *
 * @param executionId  is among them if it is unfinished, however many newer ones there are
 * @throws {StalePersonError} there is none
 */
export async function loadSession(
  tx: Pick<Transaction, "$queryRaw">,
  personId: string,
  executionId?: string,
): Promise<CachedSession> {
  const orderSql =
    executionId === undefined ? Prisma.sql`id DESC` : Prisma.sql`id = ${executionId}::uuid DESC, id DESC`;
  const rows = await tx.$queryRaw`
SELECT person.revision, (SELECT jsonb_agg(to_jsonb(found) ORDER BY found.id DESC) FROM (
    SELECT id, "workflowId", "versionId", state, "nodeId", frames, variables, "stepNo", token, failure,
      to_char("dueAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "dueAt"
    FROM "BotExecution" WHERE "personId" = person.id AND state IN ('running', 'waiting')
    ORDER BY ${orderSql} LIMIT ${MAX_UNFINISHED}) found) AS executions
FROM "BotPerson" person WHERE person.id = ${personId}::uuid`;
  const [row] = sessionRowsSchema.parse(rows);
  if (!row) throw new StalePersonError();
  return { revision: row.revision, executions: row.executions ?? [] };
}

/** The session after a run: its executions without those that are finished. */
export function sessionAfter(
  { revision, executions }: CachedSession,
  changed: readonly Execution[],
): CachedSession {
  const byId = new Map([...executions, ...changed].map((execution) => [execution.id, execution]));
  const unfinished = [...byId.values()].filter(({ state }) => state === "running" || state === "waiting");
  return { revision: revision + 1, executions: unfinished.sort((a, b) => (a.id < b.id ? 1 : -1)) };
}
