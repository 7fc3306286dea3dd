import { z } from "zod";
import { now } from "../core/clock";
import { keys, redisService, runScript } from "../redis";
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

/** Sessions in Redis. Each function is one call; all throw when Redis does not answer. */

const MAX_SESSION_LIFETIME_MS = SESSION_TTL_SECONDS * 1000;

export interface SessionLookup {
  blacklisted: boolean;
  /** For so long Redis surely knows of every session that was ended before it is asked (0: it may not). */
  trustedForMs: number;
  /** Null: Redis knows of no sessions at all. */
  epoch: string | null;
  /** As it was under the person's present generation, as far as Redis knows. */
  session: Session | null;
}

// The SDK reads what is JSON: the data comes as an object, an era or an id as it is.
const lookupSchema = z.tuple([z.int(), z.int(), z.string(), z.unknown()]);

/** @param tokenHash  of the access token that is shown, if one is */
export async function find(
  sessionId: string,
  userId: string,
  tokenHash: string | null,
): Promise<SessionLookup> {
  const answer = await runScript(
    findSession,
    [
      keys.session(sessionId),
      keys.userGeneration(userId),
      keys.sessionsTrustLease,
      keys.sessionsState,
      keys.blacklistedToken(tokenHash ?? "none"),
    ],
    [],
  );
  const [blacklisted, trustedForMs, epoch, data] = lookupSchema.parse(answer);
  const session = sessionSchema.safeParse(data);
  return {
    blacklisted: blacklisted === 1,
    trustedForMs,
    epoch: epoch === "" ? null : epoch,
    session: session.success && session.data.userId === userId ? session.data : null,
  };
}

interface PutOptions {
  /** In which they were read; another has begun: nothing is kept. */
  epoch: string;
  /** These are all that the person has. */
  isComplete?: boolean;
}

/** Keeps sessions of one person. @returns false when they are older than what Redis knows */
export async function put(
  userId: string,
  rows: readonly VersionedSession[],
  { epoch, isComplete }: PutOptions,
): Promise<boolean> {
  const [first] = rows;
  if (!first) return false;
  // Read in one statement, all have the same.
  const { generation } = first;
  const answer = await runScript(
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
  );
  return answer === 1;
}

const sessionListSchema = z.tuple([z.int(), z.string(), z.union([z.literal(""), z.array(z.string())])]);

export interface SessionList {
  /** Null: Redis knows of no sessions at all. */
  epoch: string | null;
  /** Null: Redis does not know all of them, or may not be believed. */
  sessions: Session[] | null;
}

/** A person's sessions. Two calls. */
export async function list(userId: string): Promise<SessionList> {
  const personKeys = [
    keys.sessionsState,
    keys.userGeneration(userId),
    keys.userSessions(userId),
    keys.sessionsTrustLease,
  ];
  const [trustedForMs, epoch, ids] = sessionListSchema.parse(await runScript(listSessionIds, personKeys, []));
  if (epoch === "" || trustedForMs === 0 || ids === "") return { epoch: epoch || null, sessions: null };
  const answer = await runScript(
    findSessions,
    [keys.sessionsState, keys.userGeneration(userId), ...ids.map(keys.session)],
    [],
  );
  const found = z
    .array(z.unknown())
    .parse(answer)
    .map((data) => sessionSchema.safeParse(data));
  const sessions = found.flatMap(({ data }) => (data?.userId === userId ? [data] : []));
  return { epoch, sessions: sessions.length === ids.length ? sessions : null };
}

/** Who asks for it next reads it from Postgres. */
export async function evict(sessionId: string): Promise<void> {
  await redisService().del(keys.session(sessionId));
}

/** Redis parts at a time: a script's arguments are bounded. */
const MAX_BATCH_SIZE = 500;

/** From now on only what was read under these generations, or later ones, holds. Safe to repeat, in any order. */
export async function raise(generations: readonly { userId: string; generation: number }[]): Promise<void> {
  for (let offset = 0; offset < generations.length; offset += MAX_BATCH_SIZE) {
    const batch = generations.slice(offset, offset + MAX_BATCH_SIZE);
    await runScript(
      raiseGenerations,
      batch.map(({ userId }) => keys.userGeneration(userId)),
      [MAX_SESSION_LIFETIME_MS, ...batch.map(({ generation }) => generation)],
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

const catchUpSchema = z.tuple([z.int(), z.string(), z.int(), z.int()]);

export interface CatchUp {
  /** Of Redis's clock. */
  startedAtMs: number;
  epoch: string;
  /** Since when Redis may have missed something. */
  lagMs: number;
  /** Redis knows nothing from before. */
  isNew: boolean;
}

/** @param newEpoch  a new one, if one must begin */
export async function startCatchUp(newEpoch: string): Promise<CatchUp> {
  const answer = await runScript(beginCatchUp, [keys.sessionsState], [newEpoch, MAX_LAG_MS]);
  const [startedAtMs, epoch, lagMs, isNew] = catchUpSchema.parse(answer);
  return { startedAtMs, epoch: epoch, lagMs, isNew: isNew === 1 };
}

/** Redis knew, when the catch-up began, of all that had ended: it may be believed for a while from then on. */
export async function finishCatchUp({ epoch, startedAtMs }: CatchUp, leaseMs: number): Promise<void> {
  await runScript(
    endCatchUp,
    [keys.sessionsState, keys.sessionsTrustLease],
    [epoch, startedAtMs, startedAtMs + leaseMs],
  );
}
