import { setTimeout as delay } from "node:timers/promises";
import { defer } from "../core/defer";
import { log } from "../core/log";
import { db } from "../db";
import { emit } from "../realtime";
import type { Presence, PresenceList } from "../schemas/presence";
import * as store from "./presence-store";
import { Sweeper } from "./sweeper";

/** A browser sends a heartbeat every 30 s; two of them may be lost. */
const STREAM_TTL_MS = 100_000;
/** A page that reloads, or a stream that moves to another instance, reconnects before that. */
const DISCONNECT_GRACE_MS = 5_000;
/** Redis' copy of `hidesPresence` is used for that long, in case Redis missed a change of it. */
const HIDES_TTL_MS = 5 * 60_000;

interface PresenceServiceOptions {
  streamTtlMs?: number;
  graceMs?: number;
  hidesTtlMs?: number;
  /** Publishes a user's new state. */
  publish?: (presence: Presence) => void;
}

/**
 * Presence of users. A user is present while any of their streams is, on any instance, and a stream is present while
 * its browser sends heartbeats. All state is in Redis and expires by Redis' clock, so an instance that dies leaves
 * nothing behind.
 *
 * Without Redis, every user is reported as offline until the next heartbeats; only `clearAllPresence` throws then.
 */
export function createPresenceService({
  streamTtlMs = STREAM_TTL_MS,
  graceMs = DISCONNECT_GRACE_MS,
  hidesTtlMs = HIDES_TTL_MS,
  publish = (presence) => emit("presence", "changed", presence),
}: PresenceServiceOptions = {}) {
  const sweeper = new Sweeper(
    () => store.sweepExpired(streamTtlMs),
    (expired) => {
      for (const { userId, lastSeenMs } of expired)
        publish(toPresence(userId, { state: "offline", lastSeenMs }));
    },
  );

  function applyUpdate(userId: string, update: store.PresenceUpdate): void {
    sweeper.schedule(update.nextInMs);
    if (update.changed) publish(toPresence(userId, update));
  }

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

  /** Records a heartbeat. One call; a user's first heartbeat, and one per {@link HIDES_TTL_MS}, reads Postgres too. */
  async function beat(userId: string, socketId: string, state: "online" | "away"): Promise<void> {
    await withRedisFallback("heartbeat not recorded", undefined, async () => {
      const heartbeat = { userId, socketId, state, ttlMs: streamTtlMs, hidesTtlMs };
      const update = await store.recordHeartbeat({ ...heartbeat, hides: null });
      if (update) return applyUpdate(userId, update);
      const retried = await store.recordHeartbeat({ ...heartbeat, hides: await loadHidesPresence(userId) });
      if (retried) applyUpdate(userId, retried);
    });
  }

  /** Removes a stream immediately. */
  async function setOffline(userId: string, socketId: string): Promise<void> {
    sweeper.removeStream(socketId);
    await withRedisFallback("of a closed stream left to expire", undefined, async () =>
      applyUpdate(userId, await store.closeStream(userId, socketId)),
    );
  }

  async function getPresences(userIds: readonly string[]): Promise<PresenceList> {
    const offline = userIds.map((userId): Presence => ({ userId, state: "offline", lastSeenAt: null }));
    return withRedisFallback<PresenceList>(
      "unknown, users reported as offline",
      { items: offline, onlineCount: 0, known: false },
      async () => {
        const { snapshots, onlineCount } = await store.readSnapshots(userIds, streamTtlMs);
        const items = offline.map((offlinePresence, index) => {
          const snapshot = snapshots[index];
          return snapshot ? toPresence(offlinePresence.userId, snapshot) : offlinePresence;
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
    /**
     * Records a stream that was opened on this instance.
     * @param socketId  the stream's id, a UUID
     * @param state  `away` for a stream that moved while its page is not visible
     */
    async setOnline(userId: string, socketId: string, state: "online" | "away" = "online"): Promise<void> {
      sweeper.addStream(socketId);
      await beat(userId, socketId, state);
    },

    beat,
    setOffline,

    /**
     * Removes a stream of this instance that closed, after the grace period: a user who reconnects meanwhile stays
     * present.
     * @returns a promise that resolves once the stream is removed
     */
    leave(userId: string, socketId: string): Promise<void> {
      return new Promise((resolve) => {
        defer(async () => {
          await delay(graceMs, undefined, { ref: false });
          await setOffline(userId, socketId);
          resolve();
        });
      });
    },

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
        async () => applyUpdate(userId, await store.setHides(userId, hides)),
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
     * Deletes all presence; users are present again with their next heartbeat. Scans all keys: for maintenance.
     * @throws {RedisUnavailableError}
     */
    async clearAllPresence(): Promise<void> {
      for (const userId of await store.clearAll()) publish({ userId, state: "offline", lastSeenAt: null });
    },

    /** Publishes expired users; an instance with open streams does that on its own timer. */
    sweep: () => sweeper.run(),

    /** For tests and metrics: ms until this instance's next sweep; null when none is scheduled. */
    nextSweepInMs: () => sweeper.nextSweepInMs,
  };
}

function toPresence(userId: string, { state, lastSeenMs }: store.PresenceSnapshot): Presence {
  return { userId, state, lastSeenAt: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString() };
}

/** A deleted account counts as hidden. */
async function loadHidesPresence(userId: string): Promise<boolean | "unknown"> {
  try {
    const user = await db().user.findUnique({
      where: { id: userId, deletedAt: null },
      select: { hidesPresence: true },
    });
    return user?.hidesPresence ?? true;
  } catch (error) {
    log().debug({ err: error }, "presence visibility unknown: Postgres unavailable");
    return "unknown";
  }
}
