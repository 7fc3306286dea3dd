import { log } from "../core/log";
import { db, ERASURE_BATCH_SIZE } from "../db";
import { keys, redisService } from "../redis";

/** Keys of one command. */
const MAX_EVICTED = 500;

/**
 * Evicts an account's sessions from Redis, where they contain its name and address. Best effort: their tokens are
 * refused in any case.
 */
export async function evictAccountSessions(userId: string, sessionIds: readonly string[]): Promise<void> {
  try {
    await redisService().del(keys.userSessions(userId));
    for (let from = 0; from < sessionIds.length; from += MAX_EVICTED)
      await redisService().del(...sessionIds.slice(from, from + MAX_EVICTED).map(keys.session));
  } catch (error) {
    log().debug({ err: error }, "sessions of a deleted account left to expire: Redis unavailable");
  }
}

/**
 * Deletes one batch of an account's sessions, which are revoked; their generation stays, so that they stay revoked.
 * @returns how many; 0 when none is left
 */
export async function eraseSessionBatch(userId: string): Promise<number> {
  const sessions = await db().session.findMany({
    where: { userId },
    take: ERASURE_BATCH_SIZE,
    select: { id: true },
  });
  const ids = sessions.map(({ id }) => id);
  await evictAccountSessions(userId, ids);
  return (await db().session.deleteMany({ where: { id: { in: ids } } })).count;
}
