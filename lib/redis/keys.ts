import { withKeyPrefix } from "./with-key-prefix";

/**
 * Every key and its time to live, built here and nowhere else; each begins with REDIS_KEY_PREFIX. What may be
 * lost has a TTL; what may not (views that Postgres does not have yet) has none. TTLs are in seconds.
 */

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

export const keys = withKeyPrefix({
  /** Set of `User.seq` who viewed the post. Losing it costs a repeated view until the next sync. */
  postViews: (postId: string) => `post:${postId}:views`,
  /** Hash, see lib/views/scripts.ts. Losing it costs one read from Postgres. */
  postMeta: (postId: string) => `post:${postId}:meta`,
  /** Set of `User.seq` whose views Postgres does not have yet. */
  postPendingViews: (postId: string) => `post:${postId}:views:pending`,
  /** Sorted set of posts with pending views, by the time (ms) of the first. */
  dirtyPosts: "posts:views:dirty",
  /** Sorted set of claimed batches by deadline (ms). */
  viewBatches: "views:batches",
  /** Hash: post -> viewers (`1,5,9`) that a sync has claimed. */
  viewBatch: (batchId: string) => `views:batch:${batchId}`,
  /** Hash: post -> `batchId:count` while a batch holds some of its views; one batch a post at a time. */
  viewClaims: "views:claims",
  /** String (JSON): what the last sync did. */
  lastViewSync: "views:last-sync",
  /** String (JSON envelope, lib/cache/envelope.ts). `member` is `{namespace}:{key}`. */
  cacheEntry: (member: string) => `cache:${member}`,
  /** String: token of whoever loads the entry now. */
  cacheLease: (member: string) => `cache:lease:${member}`,
  /** Sorted set of members that carry the tag, by the time (ms) from which they are surely gone; lives until then. */
  cacheTag: (tag: string) => `cache:tag:${tag}`,
  /** String; there while no invalidation in Postgres can be older than its TTL without Redis knowing. */
  cacheTrustLease: "cache:told",
  /** String: `{token}:{fencing number}` of whoever has the lock (lib/redis/lock.ts). */
  lock: (resource: string, id: string) => `lock:${resource}:${id}`,
  /** String: the last fencing number of any lock. Losing it matters only if the server's clock went back too. */
  lockFence: "lock:fence",
  /** Set: the currencies that have a board, and `built` (lib/leaderboards/scripts.ts). Losing it costs a rebuild. */
  leaderboards: (period: string, bucket: string) => `leaderboard:${period}:${bucket}`,
  /** Sorted set of sellers by the sum of their sales in minor units; `bucket` is `2026-W47`, `2026-11` or `all`. */
  leaderboard: (period: string, bucket: string, currency: string) =>
    `leaderboard:${period}:${bucket}:${currency}`,
  /** Hash: seller -> how many sales. */
  leaderboardSales: (period: string, bucket: string, currency: string) =>
    `leaderboard:${period}:${bucket}:${currency}:sales`,
  /** String: token of whoever rebuilds the boards now. */
  leaderboardLease: (period: string, bucket: string) => `leaderboard:${period}:${bucket}:lease`,
  /**
   * Hash {era, generation, data}: a session as Postgres had it under that generation (lib/sessions/store.ts). Lives
   * as long as the session. Losing it costs one read from Postgres.
   */
  session: (sessionId: string) => `webchat:session:${sessionId}`,
  /** Sorted set of a person's sessions by expiry (ms). */
  userSessions: (userId: string) => `webchat:user:sessions:${userId}`,
  /** Hash {generation, listed}: what the person's sessions must have been read under; whether the set above is whole. */
  userGeneration: (userId: string) => `webchat:user:generation:${userId}`,
  /** String; there while an access token is good no more though its session is. By the token's SHA-256. */
  blacklistedToken: (hash: string) => `webchat:token:blacklist:${hash}`,
  /** String; there while Redis surely knows of every session that was ended (lib/sessions/catch-up.ts). */
  sessionsTrustLease: "sessions:told",
  /** Hash {era, caughtUp}: sessions kept in another era are not believed; up to when (ms) Redis knows what ended. */
  sessionsState: "sessions:state",
  /**
   * Channel of Redis: what every instance hears, wakes of people's streams and entries of all logs (lib/realtime).
   * Nothing is kept. Not a key.
   */
  realtimeUpstream: "realtime:upstream",
  /** Stream, newest entries alone: what was said on a channel, `{number}-0` (lib/realtime/scripts.ts). Losing it makes pages read Postgres again. */
  realtimeLog: (channel: string) => `realtime:${channel}:log`,
  /** Hash {epoch, n}: which log this is, and the number of its last entry. */
  realtimeHead: (channel: string) => `realtime:${channel}:head`,
  /** Sorted set of people who are here, by expiry (ms). */
  usersOnline: "webchat:users:online",
  /** Hash: whether somebody is here, and when they were last. */
  userPresence: (userId: string) => `webchat:user:presence:${userId}`,
  /** Sorted set of the streams that somebody has open, by expiry (ms): last heartbeat + 35 s. */
  userSockets: (userId: string) => `webchat:user:sockets:${userId}`,
  /** String (JSON): a chat message. */
  chatMessage: (messageId: string) => `webchat:message:${messageId}`,
  /** Sorted set of cached messages by time (ms). */
  chatMessages: (chatId: string) => `webchat:chat:messages:${chatId}`,
  /** List of message ids, the newest 50, newest first. */
  chatRecent: (chatId: string) => `webchat:chat:recent:${chatId}`,
  /** Sorted set of pinned messages by when they were pinned (ms). */
  chatPinned: (chatId: string) => `webchat:chat:pinned:${chatId}`,
  /** String: the chat's revision that the four keys above stand at; whoever reads them knows by it whether they may. */
  chatRevision: (chatId: string) => `webchat:chat:revision:${chatId}`,
  /** Written and read back by the integration probe. */
  probe: (id: string) => `probe:${id}`,
  /**
   * String: when a caller's tokens were taken (lib/rate-limit/scripts.ts). `route` is the policy table's
   * pattern, never the raw path, or `*` for all routes together. Lives for the policy's window. Losing it gives
   * the caller a fresh allowance.
   */
  throttle: (policy: string, callerId: string, route: string) =>
    `webchat:throttle:${policy}:${callerId}:${route}`,
});

export const ttlSeconds = {
  postViews: DAY_SECONDS,
  postMeta: DAY_SECONDS,
  /** How long an invalidation that missed Redis can go unnoticed. */
  cacheTrustLease: 10,
  /** Unless said otherwise; only processes that died let a lock expire. */
  lock: 10,
  /** Boards are made anew after that, if anybody looks: how long a sale that nobody could tell Redis is missing. */
  leaderboard: 600,
  /** A channel on which nobody says anything. */
  realtime: DAY_SECONDS,
  presenceOnline: 5 * 60,
  presenceOffline: DAY_SECONDS,
  userSockets: 5 * 60,
  chatMessage: HOUR_SECONDS,
  chat: DAY_SECONDS,
  probe: 60,
} as const;
