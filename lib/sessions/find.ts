import { defer } from "../core/defer";
import { isOutage } from "../core/http";
import { log } from "../core/log";
import { catchUpLater } from "./catch-up";
import { RENEW_BELOW_MS } from "./limits";
import { type Read, readSession } from "./rows";
import { isLive, type Session } from "./session";
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
  const known = await store.find(sessionId, userId, accessTokenHash).catch(orNothing);
  if (known?.blacklisted) return null;
  if (known && known.believedForMs < RENEW_BELOW_MS) catchUpLater();
  // Not refreshed for too long, as Redis knows it: Postgres may know better.
  if (known?.session && known.believedForMs > 0 && isLive(known.session)) return known.session;
  try {
    const read = await readSession(sessionId, accessTokenHash);
    if (read?.session.userId !== userId) return null;
    if (known?.era) keepLater(read, known.era);
    return read.session;
  } catch (error) {
    if (known?.session && isOutage(error)) return isLive(known.session) ? known.session : null;
    throw error;
  }
}

/** Redis is away, or says something that makes no sense: Postgres decides. */
function orNothing(error: unknown): undefined {
  if (!isOutage(error)) log().error({ err: error }, "Redis does not answer for sessions");
}

/** For the next request. Nothing is lost when it does not work. */
function keepLater(read: Read, era: string): void {
  defer(() =>
    store.keep(read.session.userId, [read], { era }).then(
      () => {},
      (error: unknown) => log().debug({ err: error }, "a session is not kept in Redis"),
    ),
  );
}
