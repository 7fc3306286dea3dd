import { now } from "../core/clock";
import { isOutage } from "../core/http";
import { log } from "../core/log";
import { keepLease } from "./catch-up";
import { commitChange, publishBestEffort } from "./change";
import { findLiveSession, findLiveSessions, touchSession } from "./rows";
import { isUnexpired, type Session, type SessionClient } from "./session";
import * as store from "./store";

/** A live session by its id, from Postgres; null when it is revoked, expired or unknown. */
export async function getSession(sessionId: string): Promise<Session | null> {
  return (await findLiveSession(sessionId, null))?.session ?? null;
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
  const askedAt = now();
  const cached = await store.list(userId).catch(nullOnFailure);
  if (cached) keepLease(cached.trustedForMs, askedAt);
  if (cached?.sessions)
    return cached.sessions.filter(isUnexpired).sort((a, b) => b.lastSeenAt - a.lastSeenAt);
  const rows = await findLiveSessions(userId);
  const epoch = cached?.epoch;
  if (epoch) await publishBestEffort(() => store.put(userId, rows, { epoch, isComplete: true }));
  return rows.map(({ session }) => session);
}

function nullOnFailure(error: unknown): null {
  if (!isOutage(error)) log().error({ err: error }, "session list in Redis failed");
  return null;
}
