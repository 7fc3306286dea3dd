import { defer } from "../core/defer";
import { isOutage } from "../core/http";
import { log } from "../core/log";
import { scheduleCatchUp } from "./catch-up";
import { LEASE_RENEWAL_THRESHOLD_MS } from "./limits";
import { findLiveSession, type VersionedSession } from "./rows";
import { isUnexpired, type Session } from "./session";
import * as store from "./store";

/**
 * A live session: one call to Redis while it knows the session and may be believed, else one statement. Null when
 * it has ended, is over, or never was.
 *
 * - Redis away: Postgres alone.
 * - Postgres away: what Redis knows holds. Nothing can be ended meanwhile, and nothing can be written either.
 * - Both away: throws, since nobody can say who this is.
 *
 * @param accessTokenHash  of the access token it is asked for with; null for a refresh token
 */
export async function findSession(
  sessionId: string,
  userId: string,
  accessTokenHash: string | null,
): Promise<Session | null> {
  const cached = await store.find(sessionId, userId, accessTokenHash).catch(undefinedOnFailure);
  if (cached?.blacklisted) return null;
  if (cached && cached.trustedForMs < LEASE_RENEWAL_THRESHOLD_MS) scheduleCatchUp();
  // Not refreshed for too long, as Redis knows it: Postgres may know better.
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

/** Redis is away, or says something that makes no sense: Postgres decides. */
function undefinedOnFailure(error: unknown): undefined {
  if (!isOutage(error)) log().error({ err: error }, "Redis does not answer for sessions");
}

/** For the next request. Nothing is lost when it does not work. */
function cacheInBackground(row: VersionedSession, epoch: string): void {
  defer(() =>
    store.put(row.session.userId, [row], { epoch }).then(
      () => {},
      (error: unknown) => log().debug({ err: error }, "a session is not kept in Redis"),
    ),
  );
}
