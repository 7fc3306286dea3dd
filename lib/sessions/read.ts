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

/** A live session by its id, from Postgres; null when it is revoked, expired or unknown. */
export async function getSession(sessionId: string): Promise<Session | null> {
  return (await findLiveSession(sessionId, null))?.session ?? null;
}

/** Whether an open session is still live. One call to Redis. @throws like {@link findSession} */
export async function isSessionActive(sessionId: string, userId: string): Promise<boolean> {
  return (await findSession(sessionId, userId, null)) !== null;
}

/** Longer than any token that we issue. */
const MAX_TOKEN_LENGTH = 4_096;

/** Like {@link validateSession}, but accepts only an access token, the credential of a request. */
export async function validateAccessToken(token: string): Promise<Session | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const access = await verifyAccessToken(token);
  return access && findSession(access.sessionId, access.userId, hashToken(token));
}

/**
 * The live session of an access token or a currently valid refresh token. One call to Redis. Null for a token that is
 * forged, expired, outdated or blacklisted, and for a session that is not live.
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
 * Records the client that uses a session, or (`authenticated`) that the password was confirmed.
 * @returns the session; null when it is not live
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

/** A user's live sessions, most recently seen first. Two calls to Redis while it has them all, else one statement. */
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
  if (!isOutage(error)) log().error({ err: error }, "session list in Redis failed");
  return null;
}
