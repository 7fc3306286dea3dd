import { z } from "zod";
import { now } from "../core/clock";
import { db, Prisma, type Transaction } from "../db";
import { Role } from "../schemas/enums";
import { MAX_SESSIONS_PER_USER, REFRESH_GRACE_MS, SESSION_IDLE_SECONDS } from "./limits";
import type { RevokeReason, Session, SessionClient } from "./session";

/** Sessions in Postgres, the source of truth. Each function but `revokeAllSessions` is one statement. */

/** A session and the generation it was read under. */
export interface VersionedSession {
  session: Session;
  generation: number;
}

const timestampMs = z.date().transform((date) => date.getTime());
const rowSchema = z
  .object({
    id: z.uuid(),
    userId: z.uuid(),
    seq: z.int(),
    role: z.enum(Role),
    name: z.string(),
    email: z.string(),
    confirmed: z.boolean(),
    tokenHash: z.string(),
    rotation: z.int(),
    rotatedAt: timestampMs.nullable(),
    authenticatedAt: timestampMs,
    lastSeenAt: timestampMs,
    expiresAt: timestampMs,
    createdAt: timestampMs,
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    place: z.string().nullable(),
    generation: z.int(),
  })
  .transform(({ generation, ...session }): VersionedSession => ({ session, generation }));

const columns = Prisma.sql`
  s."id", s."userId", s."tokenHash", s."rotation", s."rotatedAt", s."authenticatedAt", s."lastSeenAt",
  s."expiresAt", s."createdAt", s."ip", s."userAgent", s."place",
  u."seq", u."role"::text, u."name", u."email", u."confirmedAt" IS NOT NULL AS "confirmed",
  coalesce(g."generation", 0) AS "generation"`;

/** Of accounts that can be signed in to. */
const userJoin = Prisma.sql`
  JOIN "User" u ON u."id" = s."userId" AND u."deletedAt" IS NULL AND u."blockedAt" IS NULL`;

const userJoins = Prisma.sql`
  ${userJoin} LEFT JOIN "SessionGeneration" g ON g."userId" = s."userId"`;

/** Matches sessions that are neither revoked nor expired. */
const liveCondition = () => Prisma.sql`
  s."revokedAt" IS NULL AND s."expiresAt" > ${toDate(now())}
  AND s."lastSeenAt" > ${toDate(now() - SESSION_IDLE_SECONDS * 1000)}`;

/**
 * A live session; null when there is none, or the access token of the request is blacklisted.
 * @param tokenHash  hash of the access token; null for a refresh token
 */
export async function findLiveSession(
  sessionId: string,
  tokenHash: string | null,
): Promise<VersionedSession | null> {
  const rows = await db().$queryRaw<unknown[]>`
    SELECT ${columns} FROM "Session" s ${userJoins}
     WHERE s."id" = ${sessionId}::uuid AND ${liveCondition()}
       AND NOT EXISTS (SELECT 1 FROM "RevokedToken" r WHERE r."hash" = ${tokenHash})`;
  return rows[0] === undefined ? null : rowSchema.parse(rows[0]);
}

/** Those of some sessions that are live. */
export async function findLiveSessionIds(sessionIds: readonly string[]): Promise<Set<string>> {
  const rows = await db().$queryRaw<unknown[]>`
    SELECT s."id" FROM "Session" s ${userJoin}
     WHERE s."id" = ANY(${sessionIds}::uuid[]) AND ${liveCondition()}`;
  return new Set(
    z
      .array(z.object({ id: z.uuid() }))
      .parse(rows)
      .map(({ id }) => id),
  );
}

/** A user's live sessions, the most recently seen first. */
export async function findLiveSessions(userId: string): Promise<VersionedSession[]> {
  const rows = await db().$queryRaw<unknown[]>`
    SELECT ${columns} FROM "Session" s ${userJoins}
     WHERE s."userId" = ${userId}::uuid AND ${liveCondition()} ORDER BY s."lastSeenAt" DESC, s."id" DESC`;
  return z.array(rowSchema).parse(rows);
}

/** Increments a user's generation; another change of their sessions waits for this transaction. */
export async function incrementGeneration(tx: Transaction, userId: string): Promise<number> {
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

/** @throws a foreign key violation (P2003) when the account no longer exists */
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
 * Rotates a refresh token, if it is the current one of a live session and at least {@link REFRESH_GRACE_MS} old.
 * @returns the rotated session; null when the token was not rotated
 */
export async function rotateSession(
  sessionId: string,
  tokenHash: string,
  nextHash: string,
  { ip, userAgent, place = null }: SessionClient,
): Promise<VersionedSession | null> {
  const at = toDate(now());
  const rows = await db().$queryRaw<unknown[]>`
    WITH s AS (
      UPDATE "Session" s SET "tokenHash" = ${nextHash}, "rotation" = s."rotation" + 1, "rotatedAt" = ${at},
        "lastSeenAt" = ${at}, "ip" = coalesce(${ip}, s."ip"), "userAgent" = coalesce(${userAgent}, s."userAgent"),
        "place" = coalesce(${place}, s."place")
       WHERE s."id" = ${sessionId}::uuid AND s."tokenHash" = ${tokenHash} AND ${liveCondition()}
         AND (s."rotatedAt" IS NULL OR s."rotatedAt" <= ${toDate(now() - REFRESH_GRACE_MS)})
      RETURNING s.*)
    SELECT ${columns} FROM s ${userJoins}`;
  return rows[0] === undefined ? null : rowSchema.parse(rows[0]);
}

/** Records the client that uses a live session, or that the password was confirmed. */
export async function touchSession(
  tx: Transaction,
  sessionId: string,
  changes: Partial<SessionClient> & { authenticated?: true },
): Promise<boolean> {
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, revokedAt: null, expiresAt: { gt: new Date(now()) } },
    data: {
      lastSeenAt: new Date(now()),
      ...(changes.ip ? { ip: changes.ip } : {}),
      ...(changes.userAgent ? { userAgent: changes.userAgent } : {}),
      ...(changes.place ? { place: changes.place } : {}),
      ...(changes.authenticated ? { authenticatedAt: new Date(now()) } : {}),
    },
  });
  return count === 1;
}

/** Selects one, all but one, or all of a user's sessions. */
export interface SessionSelection {
  only?: string;
  except?: string;
}

/** Revokes the selected sessions that are not revoked yet. @returns their ids */
export async function revokeSessions(
  tx: Transaction,
  userId: string,
  { only, except }: SessionSelection,
  reason: RevokeReason,
): Promise<string[]> {
  const revoked = await tx.session.updateManyAndReturn({
    where: {
      userId,
      revokedAt: null,
      id: { ...(only ? { equals: only } : {}), ...(except ? { not: except } : {}) },
    },
    data: { revokedAt: new Date(now()), revokedFor: reason },
    select: { id: true },
  });
  return revoked.map(({ id }) => id);
}

/** Revokes the least recently seen sessions beyond {@link MAX_SESSIONS_PER_USER}. @returns their ids */
export async function revokeOldestSessions(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<unknown[]>`
    UPDATE "Session" SET "revokedAt" = ${toDate(now())}, "revokedFor" = 'replaced'
     WHERE "id" IN (SELECT s."id" FROM "Session" s WHERE s."userId" = ${userId}::uuid AND ${liveCondition()}
                     ORDER BY s."lastSeenAt" DESC, s."id" DESC OFFSET ${MAX_SESSIONS_PER_USER})
    RETURNING "id"`;
  return z
    .array(z.object({ id: z.uuid() }))
    .parse(rows)
    .map(({ id }) => id);
}

/** Revokes the sessions of all users. Two statements. @returns how many */
export async function revokeAllSessions(tx: Transaction): Promise<number> {
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

/** Changes that Redis may have missed: recently incremented generations, and blacklisted tokens. */
export interface MissedChanges {
  generations: { userId: string; generation: number }[];
  tokens: { hash: string; expiresAt: number }[];
}

/** @param allTokens  returns all blacklisted tokens instead of the recent ones */
export async function readMissedChanges(sinceMs: number, allTokens: boolean): Promise<MissedChanges> {
  const since = Prisma.sql`statement_timestamp() - ${sinceMs} * interval '1 millisecond'`;
  const rows = await db().$queryRaw<unknown[]>`
    SELECT "userId", "generation", NULL AS "hash", NULL::timestamptz AS "expiresAt"
      FROM "SessionGeneration" WHERE "changedAt" > ${since}
    UNION ALL
    SELECT NULL, NULL, "hash", "expiresAt" FROM "RevokedToken"
     WHERE "expiresAt" > ${toDate(now())} AND (${allTokens} OR "createdAt" > ${since})`;
  const missed: MissedChanges = { generations: [], tokens: [] };
  for (const row of z.array(missedSchema).parse(rows)) {
    if (row.hash === null) missed.generations.push({ userId: row.userId, generation: row.generation });
    else missed.tokens.push({ hash: row.hash, expiresAt: row.expiresAt });
  }
  return missed;
}

const missedSchema = z.union([
  z.object({ userId: z.uuid(), generation: z.int(), hash: z.null(), expiresAt: z.null() }),
  z.object({ userId: z.null(), generation: z.null(), hash: z.string(), expiresAt: timestampMs }),
]);

/** Blacklists a token until it expires. */
export async function insertRevokedToken(hash: string, expiresInSeconds: number): Promise<void> {
  await db().$executeRaw`
    INSERT INTO "RevokedToken" ("hash", "expiresAt", "createdAt")
    VALUES (${hash}, ${toDate(now() + expiresInSeconds * 1000)}, clock_timestamp())
    ON CONFLICT ("hash") DO UPDATE SET "expiresAt" = greatest("RevokedToken"."expiresAt", excluded."expiresAt")`;
}

export async function isTokenRevoked(hash: string): Promise<boolean> {
  return (await db().revokedToken.count({ where: { hash, expiresAt: { gt: new Date(now()) } } })) > 0;
}

function toDate(timestampMs: number): Date {
  return new Date(timestampMs);
}
