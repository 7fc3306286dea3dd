import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { coalesce } from "../core/coalesce";
import { defer } from "../core/defer";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { db } from "../db";
import type { Presence } from "../schemas/presence";
import { type LocalStream, LocalStreams } from "./local-streams";
import * as store from "./presence-store";

/** An instance renews the leases of all its users that often, and looks for leases of others that have ended. */
const BEAT_MS = 30_000;
const BEAT_RETRY_MS = 5_000;
/** One beat may be lost. Users of an instance that died are offline after this, and one more beat of another one. */
const LEASE_MS = 65_000;
/** A browser answers each heartbeat of its stream, every 30 s; two answers may be lost. */
const ANSWER_TIMEOUT_MS = 95_000;
/** A stream of an instance that died is forgotten after this at most. */
const REGISTRATION_MS = 5 * 60_000;
/** A page that reloads, or a stream that moves to another instance, reconnects before that. */
const DISCONNECT_GRACE_MS = 5_000;
/** Redis' copy of `hidesPresence` is used for that long, in case Redis missed a change of it. */
const HIDES_TTL_MS = 5 * 60_000;
/** Answers of other instances' streams within this time are one command. */
const ANSWER_WINDOW_MS = 2_000;
const MAX_ANSWERS = 1_000;
/** Share of the calls that record answers which also remove old ones. */
const CLEANUP_RATIO = 0.05;

export interface StreamKeeperOptions {
  beatMs?: number;
  leaseMs?: number;
  answerTimeoutMs?: number;
  registrationMs?: number;
  graceMs?: number;
  hidesTtlMs?: number;
}

interface Dependencies {
  publish: (presence: Presence) => void;
  /** Runs an operation that Redis may miss. */
  bestEffort(description: string, operation: () => Promise<void>): Promise<void>;
}

/** Keeps the users of this instance's streams present. */
export function createStreamKeeper(
  {
    beatMs = BEAT_MS,
    leaseMs = LEASE_MS,
    answerTimeoutMs = ANSWER_TIMEOUT_MS,
    registrationMs = REGISTRATION_MS,
    graceMs = DISCONNECT_GRACE_MS,
    hidesTtlMs = HIDES_TTL_MS,
  }: StreamKeeperOptions,
  { publish, bestEffort }: Dependencies,
) {
  const streams = new LocalStreams({ beatMs, retryMs: BEAT_RETRY_MS, onBeat: beat });
  /** Redis' clock less this instance's (ms). */
  let clockOffsetMs = 0;

  /** Publishes what has changed. */
  function applyUpdate(userId: string, update: store.PresenceUpdate): void {
    clockOffsetMs = update.atMs - now();
    if (update.changed) publish(toPresence(userId, update));
  }

  /** @throws when Redis does not answer */
  async function register(userId: string, socketId: string, state: "online" | "away"): Promise<void> {
    const registration = { userId, socketId, state, ttlMs: registrationMs, leaseMs, hidesTtlMs };
    const update =
      (await store.registerStream({ ...registration, hides: null })) ??
      (await store.registerStream({ ...registration, hides: await loadHidesPresence(userId) }));
    const stream = streams.get(socketId);
    if (stream?.userId === userId) {
      if (stream.status === "silent") awaitAnswer(stream, answerTimeoutMs);
      stream.status = "registered";
      stream.registeredAt = now();
      stream.isHidden = update?.state === "offline";
    }
    if (update) applyUpdate(userId, update);
  }

  /** Records a stream's state. One call; a user's first one, and one per {@link HIDES_TTL_MS}, reads Postgres too. */
  async function report(userId: string, socketId: string, state: "online" | "away"): Promise<void> {
    const stream = streams.get(socketId);
    if (stream?.userId === userId) {
      Object.assign(stream, { state, status: "failed" });
      awaitAnswer(stream, answerTimeoutMs);
    }
    await bestEffort("not recorded", () => register(userId, socketId, state));
  }

  function awaitAnswer(stream: LocalStream, ms: number): void {
    clearTimeout(stream.silenceTimer);
    stream.silenceTimer = setTimeout(() => void endSilentStream(stream), ms).unref();
  }

  /** The browser has vanished, unless its answers reached other instances. */
  async function endSilentStream(stream: LocalStream): Promise<void> {
    const answeredAt = await readAnswer(stream.socketId).catch(() => null);
    if (streams.get(stream.socketId) !== stream) return;
    const remainingMs = (answeredAt ?? 0) + answerTimeoutMs - now();
    if (remainingMs > 0) return awaitAnswer(stream, remainingMs);
    stream.status = "silent";
    await closeStream(stream.userId, stream.socketId);
  }

  const readAnswer = coalesce(store.readAnswers, { windowMs: ANSWER_WINDOW_MS / 2, maxSize: MAX_ANSWERS });

  const recordAnswer = coalesce(
    async (socketIds: string[]) => {
      const deleteBeforeMs = Math.random() < CLEANUP_RATIO ? now() - 2 * answerTimeoutMs : null;
      await store.recordAnswers(socketIds, { atMs: now(), deleteBeforeMs });
      return socketIds;
    },
    { windowMs: ANSWER_WINDOW_MS, maxSize: MAX_ANSWERS },
  );

  /**
   * Renews the leases of all users of this instance, and publishes users of instances that died.
   * @throws when Redis does not answer
   */
  async function beat(): Promise<void> {
    for (const stream of await findUnregistered())
      await register(stream.userId, stream.socketId, stream.state);
    const registered = streams.all().filter(({ status }) => status === "registered");
    const userIds = [...new Set(registered.map(({ userId }) => userId))];
    const visibleIds = new Set(registered.filter(({ isHidden }) => !isHidden).map(({ userId }) => userId));
    // Registered for one more beat at least.
    const ending = registered.filter(
      ({ registeredAt }) => now() - registeredAt > registrationMs - 3 * beatMs,
    );
    const { expired, renewedCount } = await store.renewLeases({
      ...{ userIds, leaseMs, registrations: ending, ttlMs: registrationMs },
      atMs: now() + clockOffsetMs,
    });
    for (const stream of ending) stream.registeredAt = now();
    if (renewedCount !== visibleIds.size) await registerMissing(registered, userIds);
    for (const { userId, lastSeenMs } of await store.sweep(expired, leaseMs))
      publish(toPresence(userId, { state: "offline", lastSeenMs }));
  }

  /** Streams that Redis missed, and silent ones whose browsers have answered another instance since. */
  async function findUnregistered(): Promise<LocalStream[]> {
    const failed = streams.all().filter(({ status }) => status === "failed");
    const silent = streams.all().filter(({ status }) => status === "silent");
    const answers = await store.readAnswers(silent.map(({ socketId }) => socketId));
    return [...failed, ...silent.filter((_, index) => now() - (answers[index] ?? 0) < answerTimeoutMs)];
  }

  /** Redis was emptied, or users have hidden or shown their presence. */
  async function registerMissing(registered: LocalStream[], userIds: string[]): Promise<void> {
    const leased = await store.findLeased(userIds);
    for (const stream of registered) {
      if (leased.has(stream.userId)) stream.isHidden = false;
      else if (!stream.isHidden) await register(stream.userId, stream.socketId, stream.state);
    }
  }

  async function closeStream(userId: string, socketId: string): Promise<void> {
    await bestEffort("of a closed stream left to expire", async () =>
      applyUpdate(userId, await store.closeStream(userId, socketId)),
    );
  }

  /** Removes a stream immediately. */
  async function setOffline(userId: string, socketId: string): Promise<void> {
    streams.remove(socketId);
    await closeStream(userId, socketId);
  }

  return {
    leaseMs,
    applyUpdate,

    /**
     * The id for a stream that a user opens: of one that has just closed here, so that a stream which reopens on its
     * instance costs Redis nothing; else a new one.
     */
    takeStreamId(userId: string): string {
      const leaving = streams.all().find((stream) => stream.userId === userId && stream.leaving);
      if (!leaving) return newId();
      leaving.leaving = null;
      return leaving.socketId;
    },

    /**
     * Records a stream that was opened on this instance.
     * @param socketId  the stream's id, a UUID
     * @param state  `away` for a stream that moved while its page is not visible
     * @param reported  what the browser last reported, if it continues a stream
     */
    async setOnline(
      userId: string,
      socketId: string,
      state: "online" | "away" = "online",
      reported?: "online" | "away",
    ): Promise<void> {
      const stream = streams.get(socketId);
      if (stream?.status === "registered" && reported === state) {
        stream.state = state;
        return awaitAnswer(stream, answerTimeoutMs);
      }
      if (!stream)
        streams.add({
          ...{ userId, socketId, state, status: "failed", isHidden: false, registeredAt: now() },
          ...{ leaving: null, silenceTimer: undefined },
        });
      await report(userId, socketId, state);
    },

    report,
    setOffline,

    /** Records that the browser of a stream has answered its heartbeat. Costs nothing on the stream's instance. */
    async answer(socketId: string): Promise<void> {
      const stream = streams.get(socketId);
      if (stream?.status === "silent") return report(stream.userId, socketId, stream.state);
      if (stream) awaitAnswer(stream, answerTimeoutMs);
      else await bestEffort("answer not recorded", async () => void (await recordAnswer(socketId)));
    },

    /**
     * Removes a stream of this instance that closed, after the grace period: a user who reconnects meanwhile stays
     * present.
     * @returns a promise that resolves once the stream is removed
     */
    leave(userId: string, socketId: string): Promise<void> {
      const stream = streams.get(socketId);
      if (!stream) return Promise.resolve();
      const leaving = Symbol("leaving");
      stream.leaving = leaving;
      return new Promise((resolve) => {
        defer(async () => {
          await delay(graceMs, undefined, { ref: false });
          // Otherwise another stream has continued with its id.
          if (stream.leaving === leaving) await setOffline(userId, socketId);
          resolve();
        });
      });
    },

    /** A beat, which an instance with open streams makes on its own timer. @throws when Redis does not answer */
    beat,
  };
}

export function toPresence(userId: string, { state, lastSeenMs }: store.PresenceSnapshot): Presence {
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
