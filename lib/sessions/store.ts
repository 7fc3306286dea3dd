import { z } from "zod";
import { now } from "../core/clock";
import { keys, redisService, runScript } from "../redis";
import { FURTHEST_BEHIND_MS, SESSION_TTL_SECONDS } from "./limits";
import type { Read } from "./rows";
import {
  beginCatchUp,
  endCatchUp,
  findSession,
  findSessions,
  keepSessions,
  listSessionIds,
  raiseGenerations,
} from "./scripts";
import { endsAt, type Session, sessionSchema } from "./session";

/** Sessions in Redis. Each function is one call; all throw when Redis does not answer. */

const LONGEST_LIFE_MS = SESSION_TTL_SECONDS * 1000;

export interface Found {
  blacklisted: boolean;
  /** For so long Redis surely knows of every session that was ended before it is asked (0: it may not). */
  believedForMs: number;
  /** Null: Redis knows of no sessions at all. */
  era: string | null;
  /** As it was under the person's present generation, as far as Redis knows. */
  session: Session | null;
}

// The SDK reads what is JSON: the data comes as an object, an era or an id as it is.
const foundSchema = z.tuple([z.int(), z.int(), z.string(), z.unknown()]);

/** @param tokenHash  of the access token that is shown, if one is */
export async function find(sessionId: string, userId: string, tokenHash: string | null): Promise<Found> {
  const answer = await runScript(
    findSession,
    [
      keys.session(sessionId),
      keys.userGeneration(userId),
      keys.sessionsTold,
      keys.sessionsState,
      keys.blacklistedToken(tokenHash ?? "none"),
    ],
    [],
  );
  const [blacklisted, believedForMs, era, data] = foundSchema.parse(answer);
  const session = sessionSchema.safeParse(data);
  return {
    blacklisted: blacklisted === 1,
    believedForMs,
    era: era === "" ? null : era,
    session: session.success && session.data.userId === userId ? session.data : null,
  };
}

interface KeepOptions {
  /** In which they were read; another has begun: nothing is kept. */
  era: string;
  /** These are all that the person has. */
  all?: boolean;
}

/** Keeps sessions of one person. @returns false when they are older than what Redis knows */
export async function keep(
  userId: string,
  reads: readonly Read[],
  { era, all }: KeepOptions,
): Promise<boolean> {
  const [first] = reads;
  if (!first) return false;
  // Read in one statement, all have the same.
  const { generation } = first;
  const answer = await runScript(
    keepSessions,
    [
      keys.sessionsState,
      keys.userGeneration(userId),
      keys.userSessions(userId),
      ...reads.map(({ session }) => keys.session(session.id)),
    ],
    [
      era,
      generation,
      LONGEST_LIFE_MS,
      all ? 1 : 0,
      ...reads.flatMap(({ session }) => [session.id, endsAt(session), JSON.stringify(session)]),
    ],
  );
  return answer === 1;
}

const listedSchema = z.tuple([z.int(), z.string(), z.union([z.literal(""), z.array(z.string())])]);

export interface Listed {
  /** Null: Redis knows of no sessions at all. */
  era: string | null;
  /** Null: Redis does not know all of them, or may not be believed. */
  sessions: Session[] | null;
}

/** A person's sessions. Two calls. */
export async function list(userId: string): Promise<Listed> {
  const person = [
    keys.sessionsState,
    keys.userGeneration(userId),
    keys.userSessions(userId),
    keys.sessionsTold,
  ];
  const [believedForMs, era, ids] = listedSchema.parse(await runScript(listSessionIds, person, []));
  if (era === "" || believedForMs === 0 || ids === "") return { era: era || null, sessions: null };
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
  return { era, sessions: sessions.length === ids.length ? sessions : null };
}

/** Who asks for it next reads it from Postgres. */
export async function forget(sessionId: string): Promise<void> {
  await redisService().del(keys.session(sessionId));
}

/** Redis parts at a time: a script's arguments are bounded. */
const MOST_AT_ONCE = 500;

/** From now on only what was read under these generations, or later ones, holds. Safe to repeat, in any order. */
export async function raise(generations: readonly { userId: string; generation: number }[]): Promise<void> {
  for (let from = 0; from < generations.length; from += MOST_AT_ONCE) {
    const some = generations.slice(from, from + MOST_AT_ONCE);
    await runScript(
      raiseGenerations,
      some.map(({ userId }) => keys.userGeneration(userId)),
      [LONGEST_LIFE_MS, ...some.map(({ generation }) => generation)],
    );
  }
}

/** @param tokens  by hash; `expiresAt` in ms */
export async function blacklist(tokens: readonly { hash: string; expiresAt: number }[]): Promise<void> {
  for (let from = 0; from < tokens.length; from += MOST_AT_ONCE) {
    const some = tokens.slice(from, from + MOST_AT_ONCE);
    await redisService().pipeline((p) =>
      some.map(({ hash, expiresAt }) =>
        p.set(keys.blacklistedToken(hash), 1, {
          ttlSeconds: Math.max(1, Math.ceil((expiresAt - now()) / 1000)),
        }),
      ),
    );
  }
}

const begunSchema = z.tuple([z.int(), z.string(), z.int(), z.int()]);

export interface CatchUp {
  /** Of Redis's clock. */
  startedAtMs: number;
  era: string;
  /** Since when Redis may have missed something. */
  behindMs: number;
  /** Redis knows nothing from before. */
  isNew: boolean;
}

/** @param era  a new one, if one must begin */
export async function begin(era: string): Promise<CatchUp> {
  const answer = await runScript(beginCatchUp, [keys.sessionsState], [era, FURTHEST_BEHIND_MS]);
  const [startedAtMs, known, behindMs, isNew] = begunSchema.parse(answer);
  return { startedAtMs, era: known, behindMs, isNew: isNew === 1 };
}

/** Redis knew, when the catch-up began, of all that had ended: it may be believed for a while from then on. */
export async function end({ era, startedAtMs }: CatchUp, beliefMs: number): Promise<void> {
  await runScript(
    endCatchUp,
    [keys.sessionsState, keys.sessionsTold],
    [era, startedAtMs, startedAtMs + beliefMs],
  );
}
