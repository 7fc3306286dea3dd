import { setTimeout as delay } from "node:timers/promises";
import { defer } from "../core/defer";
import { log } from "../core/log";
import { db } from "../db";
import { emit } from "../realtime";
import type { PresenceState } from "./presence-state";
import * as store from "./presence-store";
import { Sweeper } from "./sweeper";

/** A browser says every 15 s that it is there; two of these may be lost. */
const STREAM_TTL_MS = 35_000;
/** A page that is loaded anew, or a stream that moves to another instance, is back before that. */
const DISCONNECT_GRACE_MS = 5_000;
/** For so long Redis is believed whether somebody hides, should it have missed that they changed it. */
const HIDES_TTL_MS = 5 * 60_000;

/** What others see of somebody. */
export interface Presence {
  userId: string;
  /** `away`: here, but in none of their windows. */
  state: PresenceState;
  /** ISO; while they are here, of their last heartbeat. Null: more than a day ago, never, or nobody's business. */
  lastSeenAt: string | null;
}

export interface PresenceList {
  /** In the order in which they were asked about. */
  items: Presence[];
  /** How many people are here in all. */
  onlineCount: number;
  /** False: Redis could not be asked, and everybody seems to be offline. */
  known: boolean;
}

interface PresenceServiceOptions {
  streamTtlMs?: number;
  graceMs?: number;
  hidesTtlMs?: number;
  /** Says that somebody's state is another one. */
  publish?: (presence: Presence) => void;
}

/**
 * Who is here. A person is here while one of their streams is, whichever instance has it, and a stream is while its
 * browser is heard of. All of it is in Redis and ends by expiry, by Redis's clock: an instance that dies leaves nobody
 * behind.
 *
 * Nothing here throws because Redis is away: nobody is known to be here then, and the next heartbeats say it anew.
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
      log().debug({ err: error }, `presence: ${description}`);
      return fallback;
    }
  }

  /** A browser says that its stream is there. One call; the first of a person, and one now and then, asks Postgres. */
  async function beat(userId: string, socketId: string, state: "online" | "away"): Promise<void> {
    await withRedisFallback("a heartbeat was not noted", undefined, async () => {
      const heartbeat = { userId, socketId, state, ttlMs: streamTtlMs, believedMs: hidesTtlMs };
      const update = await store.recordHeartbeat({ ...heartbeat, hides: null });
      if (update) return applyUpdate(userId, update);
      const retried = await store.recordHeartbeat({ ...heartbeat, hides: await loadHidesPresence(userId) });
      if (retried) applyUpdate(userId, retried);
    });
  }

  /** One of somebody's streams is closed for good, now. */
  async function setOffline(userId: string, socketId: string): Promise<void> {
    sweeper.removeStream(socketId);
    await withRedisFallback("a closed stream expires by itself", undefined, async () =>
      applyUpdate(userId, await store.closeStream(userId, socketId)),
    );
  }

  async function getPresences(userIds: readonly string[]): Promise<PresenceList> {
    const offline = userIds.map((userId): Presence => ({ userId, state: "offline", lastSeenAt: null }));
    return withRedisFallback<PresenceList>(
      "nobody can say who is here",
      { items: offline, onlineCount: 0, known: false },
      async () => {
        const { people, onlineCount } = await store.readSnapshots(userIds, streamTtlMs);
        const items = offline.map((offlinePresence, index) => {
          const seen = people[index];
          return seen ? toPresence(offlinePresence.userId, seen) : offlinePresence;
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
     * Somebody has opened a stream on this instance.
     * @param socketId  the stream's id, a UUID
     * @param state  a stream that moved may be that of a page that nobody looks at
     */
    async setOnline(userId: string, socketId: string, state: "online" | "away" = "online"): Promise<void> {
      sweeper.addStream(socketId);
      await beat(userId, socketId, state);
    },

    beat,
    setOffline,

    /**
     * A stream of this instance has closed: unless they come back meanwhile, they are gone in a moment.
     * @returns when that is done
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

    /** Whether somebody is here, away or not. */
    async isUserOnline(userId: string): Promise<boolean> {
      return (await getUserPresence(userId)).state !== "offline";
    },

    /** Everybody who is here, away or not. */
    getOnlineUsers: (): Promise<string[]> =>
      withRedisFallback("nobody can say who is here", [], store.listOnline),

    getOnlineUsersCount: (): Promise<number> =>
      withRedisFallback("nobody can say who is here", 0, store.countOnline),

    /**
     * Somebody hides from now on, or does so no more: call it after the commit. Redis that misses it learns of it
     * within minutes.
     */
    async setHidden(userId: string, hides: boolean): Promise<void> {
      await withRedisFallback("Redis learns a little later who hides", undefined, async () =>
        applyUpdate(userId, await store.setHides(userId, hides)),
      );
    },

    /** Nothing is known of an account any more. */
    async erasePresence(userId: string): Promise<void> {
      await withRedisFallback("a deleted account expires by itself", undefined, async () => {
        for (const removedId of await store.deleteUsers([userId])) {
          publish({ userId: removedId, state: "offline", lastSeenAt: null });
        }
      });
    },

    /**
     * Nobody is here, as far as Redis knows, until they are heard of again. Looks through all keys: for maintenance.
     * @throws {RedisUnavailableError}
     */
    async clearAllPresence(): Promise<void> {
      for (const userId of await store.clearAll()) publish({ userId, state: "offline", lastSeenAt: null });
    },

    /** Tells of whoever is here no more; where streams are open that is done when it is due. */
    sweep: () => sweeper.run(),

    /** For tests and numbers: ms until this instance looks who has gone; null: it does not. */
    nextSweepInMs: () => sweeper.nextSweepInMs,
  };
}

function toPresence(userId: string, { state, lastSeenMs }: store.PresenceSnapshot): Presence {
  return { userId, state, lastSeenAt: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString() };
}

/** An account that is gone is nobody's business. */
async function loadHidesPresence(userId: string): Promise<boolean | "unknown"> {
  try {
    const person = await db().user.findUnique({ where: { id: userId }, select: { hidesPresence: true } });
    return person?.hidesPresence ?? true;
  } catch (error) {
    log().debug({ err: error }, "nobody can say whether somebody hides");
    return "unknown";
  }
}
