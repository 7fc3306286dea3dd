import { verifyAccessToken } from "../core/access-token";
import { now } from "../core/clock";
import { isOutage } from "../core/http";
import { log } from "../core/log";
import { catchUpLater } from "./catch-up";
import { commitChange, tellOrLeave } from "./change";
import { findSession } from "./find";
import { REFRESH_GRACE_MS } from "./limits";
import { hashOfToken, nextRefreshToken, readRefreshToken } from "./refresh-token";
import { readSession, readSessions, touchSession } from "./rows";
import { isLive, type Session, type SessionClient } from "./session";
import * as store from "./store";

/** A live session by its id, as Postgres has it; null when it has ended or never was. */
export async function getSession(sessionId: string): Promise<Session | null> {
  return (await readSession(sessionId, null))?.session ?? null;
}

/** Whether a session goes on, for who has one open already. One call to Redis. @throws as {@link findSession} */
export async function sessionStands(sessionId: string, userId: string): Promise<boolean> {
  return (await findSession(sessionId, userId, null)) !== null;
}

/** Longer than any token of ours. */
const LONGEST_TOKEN = 4_096;

/** The same as {@link validateSession} for an access token alone, which is what a request is made with. */
export async function validateAccessToken(token: string): Promise<Session | null> {
  if (token.length > LONGEST_TOKEN) return null;
  const access = await verifyAccessToken(token);
  return access && findSession(access.sessionId, access.userId, hashOfToken(token));
}

/**
 * The live session that a token belongs to: an access token, or a refresh token that is good now. One call to Redis.
 * Null for a token that is forged, over or blacklisted, and for a session that has ended.
 */
export async function validateSession(token: string): Promise<Session | null> {
  const refresh = readRefreshToken(token);
  if (!refresh) return validateAccessToken(token);
  const { sessionId, userId } = refresh;
  const isGood = (session: Session) =>
    session.tokenHash === hashOfToken(token) ||
    (session.tokenHash === hashOfToken(nextRefreshToken(refresh)) &&
      now() - (session.rotatedAt ?? 0) < REFRESH_GRACE_MS);
  const known = await findSession(sessionId, userId, null);
  if (!known || isGood(known)) return known;
  // Redis may not have heard of the last rotation.
  const present = await readSession(sessionId, null);
  return present && isGood(present.session) ? present.session : null;
}

/**
 * Notes from where a session is used, or (`authenticated`) that the password was given again.
 * @returns the session; null when it has ended
 */
export async function updateSession(
  sessionId: string,
  changed: Partial<SessionClient> & { authenticated?: true },
): Promise<Session | null> {
  const before = await readSession(sessionId, null);
  if (!before) return null;
  const { result: isNoted, tell } = await commitChange(before.session.userId, (tx) =>
    touchSession(tx, sessionId, changed),
  );
  await tellOrLeave(tell);
  if (!isNoted) return null;
  return getSession(sessionId);
}

/** A person's live sessions, last seen first. Two calls to Redis while it knows them all, else one statement. */
export async function getUserSessions(userId: string): Promise<Session[]> {
  const known = await store.list(userId).catch(orNothing);
  if (known?.sessions) return known.sessions.filter(isLive).sort((a, b) => b.lastSeenAt - a.lastSeenAt);
  catchUpLater();
  const reads = await readSessions(userId);
  const era = known?.era;
  if (era) await tellOrLeave(() => store.keep(userId, reads, { era, all: true }));
  return reads.map(({ session }) => session);
}

function orNothing(error: unknown): null {
  if (!isOutage(error)) log().error({ err: error }, "Redis does not answer for sessions");
  return null;
}
