import { defer } from "../core/defer";
import { isOutage } from "../core/http";
import { log } from "../core/log";
import { scheduleCatchUp } from "./catch-up";
import { LEASE_RENEWAL_THRESHOLD_MS } from "./limits";
import { findLiveSession, type VersionedSession } from "./rows";
import { isUnexpired, type Session } from "./session";
import * as store from "./store";

/**
 * Finds a live session: one call to Redis while it has the session and the trust lease lives, else one more statement.
 * Null when the session is revoked, expired or unknown.
 *
 * - Redis unavailable: Postgres alone decides.
 * - Postgres unavailable: a session in Redis is accepted. No session can be revoked meanwhile, nor anything written.
 * - Both unavailable: throws.
 *
 * @param accessTokenHash  hash of the access token of the request; null for a refresh token
 */
export async function findSession(
  sessionId: string,
  userId: string,
  accessTokenHash: string | null,
): Promise<Session | null> {
  const cached = await store.find(sessionId, userId, accessTokenHash).catch(undefinedOnFailure);
  if (cached?.blacklisted) return null;
  if (cached && cached.trustedForMs < LEASE_RENEWAL_THRESHOLD_MS) scheduleCatchUp();
  // A session that is expired in Redis may have been refreshed in Postgres.
  if (cached?.session && cached.trustedForMs > 0 && isUnexpired(cached.session)) return cached.session;
  try {
    const row = await findLiveSession(sessionId, accessTokenHash);
    if (row?.session.userId !== userId) return null;
    if (cached?.epoch) cacheInBackground(row, cached.epoch);
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

/** Caches the session for the next request. Best effort. */
function cacheInBackground(row: VersionedSession, epoch: string): void {
  defer(() =>
    store.put(row.session.userId, [row], { epoch }).then(
      () => {},
      (error: unknown) => log().debug({ err: error }, "session not cached in Redis"),
    ),
  );
}
