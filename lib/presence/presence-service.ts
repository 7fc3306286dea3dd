import { log } from "../core/log";
import { emit } from "../realtime";
import type { Presence, PresenceList } from "../schemas/presence";
import * as store from "./presence-store";
import { createStreamKeeper, type StreamKeeperOptions, toPresence } from "./stream-keeper";

interface PresenceServiceOptions extends StreamKeeperOptions {
  /** Publishes a user's new state. */
  publish?: (presence: Presence) => void;
}

/**
 * Presence of users. A user is present while any of their streams is, on any instance: the instance of a stream renews
 * the user's lease while the browser answers the stream's heartbeats. All state is in Redis and expires by Redis' clock,
 * so an instance that dies leaves nothing behind.
 *
 * Without Redis, every user is reported as offline until the next beats; only `clearAllPresence` throws then.
 */
export function createPresenceService({
  publish = (presence) => emit("presence", "changed", presence),
  ...options
}: PresenceServiceOptions = {}) {
  async function withRedisFallback<T>(
    description: string,
    fallback: T,
    operation: () => Promise<T>,
  ): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      log().debug({ err: error }, `presence ${description}: Redis unavailable`);
      return fallback;
    }
  }

  const { leaseMs, applyUpdate, ...keeper } = createStreamKeeper(options, {
    publish,
    bestEffort: (description, operation) => withRedisFallback(description, undefined, operation),
  });

  /** @param hidden  users who are reported as offline to this reader (lib/contacts) */
  async function getPresences(
    userIds: readonly string[],
    hidden: ReadonlySet<string> = new Set(),
  ): Promise<PresenceList> {
    const offline = userIds.map((userId): Presence => ({ userId, state: "offline", lastSeenAt: null }));
    return withRedisFallback<PresenceList>(
      "unknown, users reported as offline",
      { items: offline, onlineCount: 0, known: false },
      async () => {
        const { snapshots, onlineCount } = await store.readSnapshots(userIds, leaseMs);
        const items = offline.map((offlinePresence, index) => {
          const snapshot = snapshots[index];
          return snapshot && !hidden.has(offlinePresence.userId)
            ? toPresence(offlinePresence.userId, snapshot)
            : offlinePresence;
        });
        return { items, onlineCount, known: true };
      },
    );
  }

  async function getUserPresence(userId: string): Promise<Presence> {
    const { items } = await getPresences([userId]);
    return items[0] ?? { userId, state: "offline", lastSeenAt: null };
  }

  return {
    ...keeper,

    getPresences,
    getUserPresence,

    /** Whether a user is online or away. */
    async isUserOnline(userId: string): Promise<boolean> {
      return (await getUserPresence(userId)).state !== "offline";
    },

    /** Ids of all users who are online or away. */
    getOnlineUsers: (): Promise<string[]> =>
      withRedisFallback("list unknown, reported as empty", [], store.listOnline),

    getOnlineUsersCount: (): Promise<number> =>
      withRedisFallback("count unknown, reported as 0", 0, store.countOnline),

    /**
     * Hides or shows a user's presence; call it after the commit. If Redis misses it, it applies within five minutes
     * ({@link HIDES_TTL_MS}).
     */
    async setHidden(userId: string, hides: boolean): Promise<void> {
      await withRedisFallback(
        "visibility not updated until the next read from Postgres",
        undefined,
        async () => applyUpdate(userId, await store.setHides(userId, hides, leaseMs)),
      );
    },

    /** Deletes the presence of an account. */
    async erasePresence(userId: string): Promise<void> {
      await withRedisFallback("of a deleted account left to expire", undefined, async () => {
        for (const removedId of await store.deleteUsers([userId])) {
          publish({ userId: removedId, state: "offline", lastSeenAt: null });
        }
      });
    },

    /**
     * Deletes all presence; users are present again with their instance's next beat. Scans all keys: for maintenance.
     * @throws {RedisUnavailableError}
     */
    async clearAllPresence(): Promise<void> {
      for (const userId of await store.clearAll()) publish({ userId, state: "offline", lastSeenAt: null });
    },
  };
}
