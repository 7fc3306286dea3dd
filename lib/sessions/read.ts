import { verifyAccessToken } from "../core/access-token";
import { now } from "../core/clock";
import { isOutage } from "../core/http";
import { log } from "../core/log";
import { scheduleCatchUp } from "./catch-up";
import { commitChange, publishBestEffort } from "./change";
import { findSession } from "./find";
import { REFRESH_GRACE_MS } from "./limits";
import { hashToken, nextRefreshToken, readRefreshToken } from "./refresh-token";
import { findLiveSession, findLiveSessions, touchSession } from "./rows";
import { isUnexpired, type Session, type SessionClient } from "./session";
import * as store from "./store";

/** A live session by its id, as Postgres has it; null when it has ended or never was. */
export async function getSession(sessionId: string): Promise<Session | null> {
  return (await findLiveSession(sessionId, null))?.session ?? null;
}

/** Whether a session goes on, for who has one open already. One call to Redis. @throws as {@link findSession} */
export async function isSessionActive(sessionId: string, userId: string): Promise<boolean> {
  return (await findSession(sessionId, userId, null)) !== null;
}

/** Longer than any token of ours. */
const MAX_TOKEN_LENGTH = 4_096;

/** The same as {@link validateSession} for an access token alone, which is what a request is made with. */
export async function validateAccessToken(token: string): Promise<Session | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const access = await verifyAccessToken(token);
  return access && findSession(access.sessionId, access.userId, hashToken(token));
}

/**
 * The live session that a token belongs to: an access token, or a refresh token that is good now. One call to Redis.
 * Null for a token that is forged, over or blacklisted, and for a session that has ended.
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
  // Redis may not have heard of the last rotation.
  const row = await findLiveSession(sessionId, null);
  return row && isCurrentToken(row.session) ? row.session : null;
}

/**
 * Notes from where a session is used, or (`authenticated`) that the password was given again.
 * @returns the session; null when it has ended
 */
export async function updateSession(
  sessionId: string,
  changes: Partial<SessionClient> & { authenticated?: true },
): Promise<Session | null> {
  const row = await findLiveSession(sessionId, null);
  if (!row) return null;
  const { result: isUpdated, publish } = await commitChange(row.session.userId, (tx) =>
    touchSession(tx, sessionId, changes),
  );
  await publishBestEffort(publish);
  if (!isUpdated) return null;
  return getSession(sessionId);
}

/** A person's live sessions, last seen first. Two calls to Redis while it knows them all, else one statement. */
export async function getUserSessions(userId: string): Promise<Session[]> {
  const cached = await store.list(userId).catch(nullOnFailure);
  if (cached?.sessions)
    return cached.sessions.filter(isUnexpired).sort((a, b) => b.lastSeenAt - a.lastSeenAt);
  scheduleCatchUp();
  const rows = await findLiveSessions(userId);
  const epoch = cached?.epoch;
  if (epoch) await publishBestEffort(() => store.put(userId, rows, { epoch, isComplete: true }));
  return rows.map(({ session }) => session);
}

function nullOnFailure(error: unknown): null {
  if (!isOutage(error)) log().error({ err: error }, "Redis does not answer for sessions");
  return null;
}
