import { z } from "zod";
import { roleSchema } from "../core/access-token";
import { now } from "../core/clock";
import { db, Prisma, type Transaction } from "../db";
import { MOST_SESSIONS, REFRESH_GRACE_MS, SESSION_IDLE_SECONDS } from "./limits";
import type { RevokeReason, Session, SessionClient } from "./session";

/** Sessions in Postgres, where they are true. Each function is one statement. */

/** A session and the generation it was read under. */
export interface Read {
  session: Session;
  generation: number;
}

const ms = z.date().transform((date) => date.getTime());
const rowSchema = z
  .object({
    id: z.uuid(),
    userId: z.uuid(),
    seq: z.int(),
    role: roleSchema,
    name: z.string(),
    email: z.string(),
    confirmed: z.boolean(),
    tokenHash: z.string(),
    rotation: z.int(),
    rotatedAt: ms.nullable(),
    authenticatedAt: ms,
    lastSeenAt: ms,
    expiresAt: ms,
    createdAt: ms,
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    place: z.string().nullable(),
    generation: z.int(),
  })
  .transform(({ generation, ...session }): Read => ({ session, generation }));

const columns = Prisma.sql`
  s."id", s."userId", s."tokenHash", s."rotation", s."rotatedAt", s."authenticatedAt", s."lastSeenAt",
  s."expiresAt", s."createdAt", s."ip", s."userAgent", s."place",
  u."seq", u."role"::text, u."name", u."email", u."confirmedAt" IS NOT NULL AS "confirmed",
  coalesce(g."generation", 0) AS "generation"`;

const people = Prisma.sql`
  JOIN "User" u ON u."id" = s."userId" LEFT JOIN "SessionGeneration" g ON g."userId" = s."userId"`;

/** What is neither ended nor over. */
const live = () => Prisma.sql`
  s."revokedAt" IS NULL AND s."expiresAt" > ${date(now())}
  AND s."lastSeenAt" > ${date(now() - SESSION_IDLE_SECONDS * 1000)}`;

/**
 * A live session; null when there is none, or the access token it is asked for with is blacklisted.
 * @param tokenHash  the access token's
 */
export async function readSession(sessionId: string, tokenHash: string | null): Promise<Read | null> {
  const rows = await db().$queryRaw<unknown[]>`
    SELECT ${columns} FROM "Session" s ${people}
     WHERE s."id" = ${sessionId}::uuid AND ${live()}
       AND NOT EXISTS (SELECT 1 FROM "RevokedToken" r WHERE r."hash" = ${tokenHash})`;
  return rows[0] === undefined ? null : rowSchema.parse(rows[0]);
}

/** A person's live sessions, last seen first. */
export async function readSessions(userId: string): Promise<Read[]> {
  const rows = await db().$queryRaw<unknown[]>`
    SELECT ${columns} FROM "Session" s ${people}
     WHERE s."userId" = ${userId}::uuid AND ${live()} ORDER BY s."lastSeenAt" DESC, s."id" DESC`;
  return z.array(rowSchema).parse(rows);
}

/** Raises a person's generation; whoever else changes their sessions waits for this transaction. */
export async function raiseGeneration(tx: Transaction, userId: string): Promise<number> {
  const rows = await tx.$queryRaw<unknown[]>`
    INSERT INTO "SessionGeneration" AS g ("userId", "generation", "changedAt")
    VALUES (${userId}::uuid, 1, clock_timestamp())
    ON CONFLICT ("userId") DO UPDATE SET "generation" = g."generation" + 1, "changedAt" = clock_timestamp()
    RETURNING "generation"`;
  return z.tuple([z.object({ generation: z.int() })]).parse(rows)[0].generation;
}

interface NewSession extends SessionClient {
  id: string;
  userId: string;
  tokenHash: string;
  expiresInSeconds: number;
}

/** @throws a foreign key violation (P2003) when the account is gone */
export async function insertSession(
  tx: Transaction,
  { id, userId, tokenHash, expiresInSeconds, ip, userAgent, place = null }: NewSession,
): Promise<void> {
  const atMs = now();
  const at = new Date(atMs);
  await tx.session.create({
    data: {
      id,
      userId,
      tokenHash,
      authenticatedAt: at,
      lastSeenAt: at,
      createdAt: at,
      expiresAt: new Date(atMs + expiresInSeconds * 1000),
      ip,
      userAgent,
      place,
    },
    select: { id: true },
  });
}

/**
 * Changes a refresh token for the next, if it is the present one of a live session and not newer than
 * {@link REFRESH_GRACE_MS}.
 * @returns the session as it is now; null otherwise
 */
export async function rotateSession(
  sessionId: string,
  tokenHash: string,
  nextHash: string,
  { ip, userAgent, place = null }: SessionClient,
): Promise<Read | null> {
  const at = date(now());
  const rows = await db().$queryRaw<unknown[]>`
    WITH s AS (
      UPDATE "Session" s SET "tokenHash" = ${nextHash}, "rotation" = s."rotation" + 1, "rotatedAt" = ${at},
        "lastSeenAt" = ${at}, "ip" = coalesce(${ip}, s."ip"), "userAgent" = coalesce(${userAgent}, s."userAgent"),
        "place" = coalesce(${place}, s."place")
       WHERE s."id" = ${sessionId}::uuid AND s."tokenHash" = ${tokenHash} AND ${live()}
         AND (s."rotatedAt" IS NULL OR s."rotatedAt" <= ${date(now() - REFRESH_GRACE_MS)})
      RETURNING s.*)
    SELECT ${columns} FROM s ${people}`;
  return rows[0] === undefined ? null : rowSchema.parse(rows[0]);
}

/** Notes from where a live session is used, or that the password was given again. */
export async function touchSession(
  tx: Transaction,
  sessionId: string,
  changed: Partial<SessionClient> & { authenticated?: true },
): Promise<boolean> {
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, revokedAt: null, expiresAt: { gt: new Date(now()) } },
    data: {
      lastSeenAt: new Date(now()),
      ...(changed.ip ? { ip: changed.ip } : {}),
      ...(changed.userAgent ? { userAgent: changed.userAgent } : {}),
      ...(changed.place ? { place: changed.place } : {}),
      ...(changed.authenticated ? { authenticatedAt: new Date(now()) } : {}),
    },
  });
  return count === 1;
}

/** Which of a person's sessions: one, all but one, or all. */
export interface Which {
  only?: string;
  except?: string;
}

/** Ends sessions that are not ended yet. @returns their ids */
export async function endSessions(
  tx: Transaction,
  userId: string,
  { only, except }: Which,
  why: RevokeReason,
): Promise<string[]> {
  const ended = await tx.session.updateManyAndReturn({
    where: {
      userId,
      revokedAt: null,
      id: { ...(only ? { equals: only } : {}), ...(except ? { not: except } : {}) },
    },
    data: { revokedAt: new Date(now()), revokedFor: why },
    select: { id: true },
  });
  return ended.map(({ id }) => id);
}

/** Ends what is more than a person may have, the ones not seen for longest first. @returns their ids */
export async function endOldest(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<unknown[]>`
    UPDATE "Session" SET "revokedAt" = ${date(now())}, "revokedFor" = 'replaced'
     WHERE "id" IN (SELECT s."id" FROM "Session" s WHERE s."userId" = ${userId}::uuid AND ${live()}
                     ORDER BY s."lastSeenAt" DESC, s."id" DESC OFFSET ${MOST_SESSIONS})
    RETURNING "id"`;
  return z
    .array(z.object({ id: z.uuid() }))
    .parse(rows)
    .map(({ id }) => id);
}

/** Ends everybody's sessions. */
export async function endEverySession(tx: Transaction): Promise<number> {
  await tx.$executeRaw`
    INSERT INTO "SessionGeneration" AS g ("userId", "generation", "changedAt")
    SELECT p."userId", 1, clock_timestamp()
      FROM (SELECT DISTINCT "userId" FROM "Session" WHERE "revokedAt" IS NULL) p ORDER BY p."userId"
    ON CONFLICT ("userId") DO UPDATE SET "generation" = g."generation" + 1, "changedAt" = clock_timestamp()`;
  const { count } = await tx.session.updateMany({
    where: { revokedAt: null },
    data: { revokedAt: new Date(now()), revokedFor: "cleared" },
  });
  return count;
}

/** What Redis may not know: generations that changed lately, and tokens that are good no more. */
export interface Missed {
  generations: { userId: string; generation: number }[];
  tokens: { hash: string; expiresAt: number }[];
}

/** @param allTokens  not only those that were blacklisted lately */
export async function readMissed(sinceMs: number, allTokens: boolean): Promise<Missed> {
  const since = Prisma.sql`clock_timestamp() - ${sinceMs} * interval '1 millisecond'`;
  const rows = await db().$queryRaw<unknown[]>`
    SELECT "userId", "generation", NULL AS "hash", NULL::timestamptz AS "expiresAt"
      FROM "SessionGeneration" WHERE "changedAt" > ${since}
    UNION ALL
    SELECT NULL, NULL, "hash", "expiresAt" FROM "RevokedToken"
     WHERE "expiresAt" > ${date(now())} AND (${allTokens} OR "createdAt" > ${since})`;
  const missed: Missed = { generations: [], tokens: [] };
  for (const row of z.array(missedSchema).parse(rows)) {
    if (row.hash === null) missed.generations.push({ userId: row.userId, generation: row.generation });
    else missed.tokens.push({ hash: row.hash, expiresAt: row.expiresAt });
  }
  return missed;
}

const missedSchema = z.union([
  z.object({ userId: z.uuid(), generation: z.int(), hash: z.null(), expiresAt: z.null() }),
  z.object({ userId: z.null(), generation: z.null(), hash: z.string(), expiresAt: ms }),
]);

/** Blacklists a token until it would be over anyway. */
export async function insertRevokedToken(hash: string, expiresInSeconds: number): Promise<void> {
  await db().$executeRaw`
    INSERT INTO "RevokedToken" ("hash", "expiresAt", "createdAt")
    VALUES (${hash}, ${date(now() + expiresInSeconds * 1000)}, clock_timestamp())
    ON CONFLICT ("hash") DO UPDATE SET "expiresAt" = greatest("RevokedToken"."expiresAt", excluded."expiresAt")`;
}

export async function isTokenRevoked(hash: string): Promise<boolean> {
  return (await db().revokedToken.count({ where: { hash, expiresAt: { gt: new Date(now()) } } })) > 0;
}

function date(atMs: number): Date {
  return new Date(atMs);
}
