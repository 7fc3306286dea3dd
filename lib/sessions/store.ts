import { z } from "zod";
import { now } from "../core/clock";
import { decodeValue, keys, redisService } from "../redis";
import { MAX_LAG_MS, SESSION_TTL_SECONDS } from "./limits";
import type { VersionedSession } from "./rows";
import {
  beginCatchUp,
  endCatchUp,
  findSession,
  findSessions,
  listSessionIds,
  putSessions,
  raiseGenerations,
} from "./scripts";
import { type Session, sessionExpiryMs, sessionSchema } from "./session";

/** Sessions in Redis. Each function is one call; all throw when Redis does not reply. */

const MAX_SESSION_LIFETIME_MS = SESSION_TTL_SECONDS * 1000;

export interface SessionLookup {
  blacklisted: boolean;
  /** Ms left of the trust lease; 0: Redis may have missed a revocation. */
  trustedForMs: number;
  /** Null: Redis has no sessions at all. */
  epoch: string | null;
  /** Null unless it was read under the user's generation that Redis has. */
  session: Session | null;
}

const lookupSchema = z.tuple([z.int(), z.int(), z.string(), z.string()]);

/** @param tokenHash  hash of the request's access token; null when it has none */
export async function find(
  sessionId: string,
  userId: string,
  tokenHash: string | null,
): Promise<SessionLookup> {
  const [blacklisted, trustedForMs, epoch, data] = await redisService().script(
    findSession,
    [
      keys.session(sessionId),
      keys.userGeneration(userId),
      keys.sessionsTrustLease,
      keys.sessionsState,
      keys.blacklistedToken(tokenHash ?? "none"),
    ],
    [],
    lookupSchema,
  );
  const session = decodeValue(data, sessionSchema);
  return {
    blacklisted: blacklisted === 1,
    trustedForMs,
    epoch: epoch === "" ? null : epoch,
    session: session.success && session.data.userId === userId ? session.data : null,
  };
}

interface PutOptions {
  /** The epoch in which they were read; nothing is stored when another has begun. */
  epoch: string;
  /** These are all sessions of the user. */
  isComplete?: boolean;
}

/** Stores sessions of one user. @returns false when Redis has a later generation or another epoch */
export async function put(
  userId: string,
  rows: readonly VersionedSession[],
  { epoch, isComplete }: PutOptions,
): Promise<boolean> {
  const [first] = rows;
  if (!first) return false;
  // The rows were read in one statement, so all have the same generation.
  const { generation } = first;
  const reply = await redisService().script(
    putSessions,
    [
      keys.sessionsState,
      keys.userGeneration(userId),
      keys.userSessions(userId),
      ...rows.map(({ session }) => keys.session(session.id)),
    ],
    [
      epoch,
      generation,
      MAX_SESSION_LIFETIME_MS,
      isComplete ? 1 : 0,
      ...rows.flatMap(({ session }) => [session.id, sessionExpiryMs(session), JSON.stringify(session)]),
    ],
    z.int(),
  );
  return reply === 1;
}

const sessionListSchema = z.tuple([z.int(), z.string(), z.union([z.literal(""), z.array(z.string())])]);

export interface SessionList {
  /** Null: Redis has no sessions at all. */
  epoch: string | null;
  /** Ms left of the trust lease; 0: Redis may have missed a revocation. */
  trustedForMs: number;
  /** Null: Redis does not have all of them, or there is no trust lease. */
  sessions: Session[] | null;
}

/** A user's sessions. Two calls. */
export async function list(userId: string): Promise<SessionList> {
  const userKeys = [
    keys.sessionsState,
    keys.userGeneration(userId),
    keys.userSessions(userId),
    keys.sessionsTrustLease,
  ];
  const [trustedForMs, epoch, ids] = await redisService().script(
    listSessionIds,
    userKeys,
    [],
    sessionListSchema,
  );
  if (epoch === "" || trustedForMs === 0 || ids === "")
    return { epoch: epoch || null, trustedForMs, sessions: null };
  const found = await redisService().script(
    findSessions,
    [keys.sessionsState, keys.userGeneration(userId), ...ids.map(keys.session)],
    [],
    z.array(z.string()),
  );
  const sessions = found
    .map((text) => decodeValue(text, sessionSchema))
    .flatMap(({ data }) => (data?.userId === userId ? [data] : []));
  return { epoch, trustedForMs, sessions: sessions.length === ids.length ? sessions : null };
}

/** Evicts a session; the next look-up reads it from Postgres. */
export async function evict(sessionId: string): Promise<void> {
  await redisService().del(keys.session(sessionId));
}

/** Users or tokens per call: the number of a script's arguments is bounded. */
const MAX_BATCH_SIZE = 500;

/** Invalidates all sessions that were read under earlier generations. Safe to repeat, in any order. */
export async function raise(generations: readonly { userId: string; generation: number }[]): Promise<void> {
  for (let offset = 0; offset < generations.length; offset += MAX_BATCH_SIZE) {
    const batch = generations.slice(offset, offset + MAX_BATCH_SIZE);
    await redisService().script(
      raiseGenerations,
      batch.map(({ userId }) => keys.userGeneration(userId)),
      [MAX_SESSION_LIFETIME_MS, ...batch.map(({ generation }) => generation)],
      z.int(),
    );
  }
}

/** @param tokens  by hash; `expiresAt` in ms */
export async function blacklist(tokens: readonly { hash: string; expiresAt: number }[]): Promise<void> {
  for (let offset = 0; offset < tokens.length; offset += MAX_BATCH_SIZE) {
    const batch = tokens.slice(offset, offset + MAX_BATCH_SIZE);
    await redisService().pipeline((p) =>
      batch.map(({ hash, expiresAt }) =>
        p.set(keys.blacklistedToken(hash), 1, {
          ttlSeconds: Math.max(1, Math.ceil((expiresAt - now()) / 1000)),
        }),
      ),
    );
  }
}

const catchUpSchema = z.tuple([z.int(), z.string(), z.int(), z.int(), z.string()]);

export interface CatchUp {
  /** By Redis' clock. */
  startedAtMs: number;
  epoch: string;
  /** How far back Redis may have missed changes. */
  lagMs: number;
  /** The epoch begins with the end of the catch-up. */
  isNew: boolean;
  /** The epoch that it replaces then; '' for none. */
  replaces: string;
}

/** Changes nothing. @param newEpoch  the id to use if a new epoch must begin */
export async function startCatchUp(newEpoch: string): Promise<CatchUp> {
  const [startedAtMs, epoch, lagMs, isNew, replaces] = await redisService().script(
    beginCatchUp,
    [keys.sessionsState],
    [newEpoch, MAX_LAG_MS],
    catchUpSchema,
  );
  return { startedAtMs, epoch, lagMs, isNew: isNew === 1, replaces };
}

/**
 * Grants the trust lease, counted from the start of the catch-up: Redis has every revocation from before it.
 * @returns false when another epoch has begun meanwhile
 */
export async function finishCatchUp(
  { epoch, startedAtMs, isNew, replaces }: CatchUp,
  leaseMs: number,
): Promise<boolean> {
  const reply = await redisService().script(
    endCatchUp,
    [keys.sessionsState, keys.sessionsTrustLease],
    [epoch, startedAtMs, startedAtMs + leaseMs, isNew ? 1 : 0, replaces],
    z.int(),
  );
  return reply === 1;
}
