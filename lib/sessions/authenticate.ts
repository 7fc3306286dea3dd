import { isDeepStrictEqual } from "node:util";
import { getAccessToken, verifyAccessToken } from "../core/access-token";
import { now } from "../core/clock";
import { coalesce } from "../core/coalesce";
import { defer } from "../core/defer";
import { isOutage } from "../core/http";
import { log } from "../core/log";
import type { SignedInCaller } from "../core/permission";
import { processState } from "../core/process-state";
import { expectsLease, keepLease, scheduleCatchUp } from "./catch-up";
import { isKnownInRedis, setKnownInRedis } from "./known-in-redis";
import { REFRESH_GRACE_MS } from "./limits";
import { hashToken, nextRefreshToken, readRefreshToken } from "./refresh-token";
import { findLiveSession, findLiveSessionIds, type VersionedSession } from "./rows";
import { isUnexpired, type Session, toCaller } from "./session";
import * as store from "./store";

/**
 * Authenticates a request by the live session of its access token, with the account's current role and name; null for
 * an anonymous request. Usually one call to Redis or one statement ({@link findSession}). Refresh tokens are not accepted:
 * a stolen one would work without rotation, and only rotation detects theft.
 * @throws when neither Redis nor Postgres is available
 */
export async function authenticate(request: Request): Promise<SignedInCaller | null> {
  const token = getAccessToken(request.headers);
  const session = token === null ? null : await validateAccessToken(token);
  return session && toCaller(session);
}

/** Checks of one moment are one statement: an instance checks the sessions of all its streams together. */
const CHECK_WINDOW_MS = 5;
const MAX_CHECKED = 1_000;

/**
 * Whether the session of an open stream is still live, by Postgres alone: it costs Redis nothing and needs no trust lease.
 * @throws when Postgres is unavailable: no session can be revoked meanwhile
 */
export const isSessionActive: (sessionId: string) => Promise<boolean> = coalesce(
  async (sessionIds: string[]) => {
    const live = await findLiveSessionIds([...new Set(sessionIds)]);
    return sessionIds.map((id) => live.has(id));
  },
  { windowMs: CHECK_WINDOW_MS, maxSize: MAX_CHECKED },
);

/**
 * Authenticates a request for an event stream like {@link authenticate}, but by Postgres first: a stream opens a dozen
 * times an hour, mostly while nothing else renews the trust lease, and Redis bills each command.
 * @throws when neither Redis nor Postgres is available
 */
export async function authenticateStream(request: Request): Promise<SignedInCaller | null> {
  const token = getAccessToken(request.headers);
  const access = token === null || token.length > MAX_TOKEN_LENGTH ? null : await verifyAccessToken(token);
  if (!token || !access) return null;
  const row = await findInPostgres(access.sessionId, access.userId, hashToken(token));
  return row && toCaller(row.session);
}

/** Longer than any token that we issue. */
const MAX_TOKEN_LENGTH = 4_096;

/** Like {@link validateSession}, but accepts only an access token, the credential of a request. */
async function validateAccessToken(token: string): Promise<Session | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const access = await verifyAccessToken(token);
  return access && findSession(access.sessionId, access.userId, hashToken(token));
}

/**
 * The live session of an access token or a currently valid refresh token. Usually one call to Redis or one statement. Null
 * for a token that is forged, expired, outdated or blacklisted, and for a session that is not live.
 */
export async function validateSession(token: string): Promise<Session | null> {
  const refresh = readRefreshToken(token);
  if (!refresh) return validateAccessToken(token);
  const { sessionId, userId } = refresh;
  const isCurrentToken = (session: Session) =>
    session.tokenHash === hashToken(token) ||
    (session.tokenHash === hashToken(nextRefreshToken(refresh)) &&
      now() - (session.rotatedAt ?? 0) < REFRESH_GRACE_MS);
  const cached = await findSession(sessionId, userId, null);
  if (!cached || isCurrentToken(cached)) return cached;
  // Redis may have missed the last rotation.
  const row = await findLiveSession(sessionId, null);
  return row && isCurrentToken(row.session) ? row.session : null;
}

/**
 * Finds a live session: one call to Redis while it has the session and the trust lease lives; one statement while no lease
 * is expected; else both. Null when the session is revoked, expired or unknown.
 *
 * - Redis unavailable: Postgres alone decides.
 * - Postgres unavailable: a session in Redis is accepted. No session can be revoked meanwhile, nor anything written.
 * - Both unavailable: throws.
 *
 * @param accessTokenHash  hash of the access token of the request; null for a refresh token
 */
async function findSession(
  sessionId: string,
  userId: string,
  accessTokenHash: string | null,
): Promise<Session | null> {
  if (expectsLease()) {
    const readRow = () => findLiveSession(sessionId, accessTokenHash);
    return findInRedis(sessionId, userId, accessTokenHash, readRow);
  }
  const row = await findInPostgres(sessionId, userId, accessTokenHash);
  if (row && "generation" in row && !isKnownInRedis(row)) compareInBackground(row);
  return row?.session ?? null;
}

/** Postgres first. @returns without a generation when Postgres is unavailable, and Redis has the session */
async function findInPostgres(
  sessionId: string,
  userId: string,
  accessTokenHash: string | null,
): Promise<VersionedSession | { session: Session } | null> {
  try {
    const row = await findLiveSession(sessionId, accessTokenHash);
    return row?.session.userId === userId ? row : null;
  } catch (error) {
    if (!isOutage(error)) throw error;
    const session = await findInRedis(sessionId, userId, accessTokenHash, () => Promise.reject(error));
    return session && { session };
  }
}

/** Redis first. @param readRow  reads the session from Postgres, for when Redis cannot be trusted or does not have it */
async function findInRedis(
  sessionId: string,
  userId: string,
  accessTokenHash: string | null,
  readRow: () => Promise<VersionedSession | null>,
): Promise<Session | null> {
  const askedAt = now();
  const cached = await store.find(sessionId, userId, accessTokenHash).catch(undefinedOnFailure);
  if (cached?.blacklisted) return null;
  if (cached) keepLease(cached.trustedForMs, askedAt);
  // A session that is expired in Redis may have been refreshed in Postgres.
  if (cached?.session && cached.trustedForMs > 0 && isUnexpired(cached.session)) return cached.session;
  try {
    const row = await readRow();
    if (row?.session.userId !== userId) return null;
    if (cached?.epoch) cacheInBackground(row, cached.session, cached.epoch);
    return row.session;
  } catch (error) {
    if (cached?.session && isOutage(error)) return isUnexpired(cached.session) ? cached.session : null;
    throw error;
  }
}

/** Redis is unavailable or its reply is invalid: Postgres decides. */
function undefinedOnFailure(error: unknown): undefined {
  if (!isOutage(error)) log().error({ err: error }, "session look-up in Redis failed");
}

/** By id: comparisons that have not ended. */
const comparing = processState("sessionsCompared", () => new Set<string>());

/** Reads the session from Redis, which must have it when Postgres becomes unavailable. Best effort. */
function compareInBackground({ session: { id, userId } }: VersionedSession): void {
  if (comparing.has(id)) return;
  comparing.add(id);
  defer(async () => {
    try {
      await compareWithRedis(id, userId);
    } catch (error) {
      log().debug({ err: error }, "session not compared with Redis");
    } finally {
      comparing.delete(id);
    }
  });
}

async function compareWithRedis(id: string, userId: string): Promise<void> {
  const askedAt = now();
  const cached = await store.find(id, userId, null);
  if (cached.trustedForMs > 0) keepLease(cached.trustedForMs, askedAt);
  // A catch-up begins an epoch, and then Redis takes sessions.
  if (cached.epoch === null) return scheduleCatchUp();
  // Read after the epoch: what was read before it may have been revoked in an earlier one.
  const row = await findLiveSession(id, null);
  if (row) await putIfChanged(row, cached.session, cached.epoch);
}

/** Caches the session for the next request. Best effort. @param cached  what Redis has */
function cacheInBackground(row: VersionedSession, cached: Session | null, epoch: string): void {
  if (isDeepStrictEqual(cached, row.session)) setKnownInRedis(row);
  else defer(() => putIfChanged(row, cached, epoch));
}

/** Often only the trust lease has ended, and Redis has the session as it is. Never throws. */
async function putIfChanged(row: VersionedSession, cached: Session | null, epoch: string): Promise<void> {
  try {
    if (isDeepStrictEqual(cached, row.session) || (await store.put(row.session.userId, [row], { epoch })))
      setKnownInRedis(row);
  } catch (error) {
    log().debug({ err: error }, "session not cached in Redis");
  }
}
