import { env } from "../core/env";

/**
 * Every key is built here and nowhere else, and begins with REDIS_KEY_PREFIX. Data that may be lost has a TTL;
 * data that may not (views that Postgres does not have yet) has none. TTLs are in seconds.
 */

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** The keys without REDIS_KEY_PREFIX. lib/redis/key-types.ts has the type of each. */
export const keyBuilders = {
  /** Set of `User.seq` of viewers. If lost, a repeated view is counted twice until the next sync. */
  postViews: (postId: string) => `post:${postId}:views`,
  /** String, see lib/views/counter/meta.ts. If lost, one read from Postgres. */
  postMeta: (postId: string) => `post:${postId}:meta`,
  /** Set of `User.seq` of viewers whose views Postgres does not have yet. */
  postPendingViews: (postId: string) => `post:${postId}:views:pending`,
  /** Sorted set of posts with pending views, by the time (ms) of the first one, or of the last claim that left some. */
  dirtyPosts: "posts:views:dirty",
  /** Set of `User.seq` of a thousand viewers or somewhat more, which were pending views of one post. */
  sealedViewers: (postId: string, sealId: string) => `post:${postId}:views:sealed:${sealId}`,
  /** Sorted set of `postId:sealId:size` by the time (ms) of sealing. */
  sealedViews: "views:sealed",
  /** Hash: post -> number of its sealed views. */
  sealedCounts: "views:sealed:counts",
  /** Sorted set of claimed batches by deadline (ms). */
  viewBatches: "views:batches",
  /** Hash: post -> viewers (`1,5,9`) of a claimed batch. */
  viewBatch: (batchId: string) => `views:batch:${batchId}`,
  /** Hash: post -> `batchId:count` while a batch has claimed views of it; at most one batch per post. */
  viewClaims: "views:claims",
  /** As the views' keys above, with `seq:hour` (`User.seq`, hours since 1970) in the place of `User.seq`. */
  postPlays: (postId: string) => `post:${postId}:plays`,
  postPlayMeta: (postId: string) => `post:${postId}:plays:meta`,
  postPendingPlays: (postId: string) => `post:${postId}:plays:pending`,
  dirtyPlays: "posts:plays:dirty",
  sealedPlaySet: (postId: string, sealId: string) => `post:${postId}:plays:sealed:${sealId}`,
  sealedPlays: "plays:sealed",
  sealedPlayCounts: "plays:sealed:counts",
  playBatches: "plays:batches",
  playBatch: (batchId: string) => `plays:batch:${batchId}`,
  playClaims: "plays:claims",
  /** String (JSON): result of the last sync. */
  lastViewSync: "views:last-sync",
  /** List (JSON): the last twenty syncs that found work, newest first. */
  viewSyncs: "views:syncs",
  /** String (JSON envelope, lib/cache/envelope.ts). `member` is `{namespace}:{key}`. */
  cacheEntry: (member: string) => `cache:${member}`,
  /** Cache entries of lib/bot under names of their own: of an account, or of a Telegram user without one, in a bot. */
  userVariables: (userId: string, projectId: string) => `user:${userId}:${projectId}:variables`,
  /** A Telegram user in a bot, by the id in Telegram. */
  userProfile: (telegramId: string, projectId: string) => `user:${telegramId}:${projectId}:profile`,
  /** The unfinished executions of a bot's person. */
  waitingExecutions: (sessionId: string) => `workflow:waiting:${sessionId}`,
  /** A published definition, or with `{workflowId}@{versionId}` the one that an execution began with. */
  workflowVersion: (projectId: string, workflowId: string) => `workflow:version:${projectId}:${workflowId}`,
  /** String: token of the load lease's owner. */
  cacheLease: (member: string) => `cache:lease:${member}`,
  /** Sorted set of members with the tag, by the time (ms) after which they have expired; its TTL ends with the last. */
  cacheTag: (tag: string) => `cache:tag:${tag}`,
  /** String: the trust lease. While it exists, Redis has every invalidation older than the lease's TTL. */
  cacheTrustLease: "cache:told",
  /** String: `{token}:{fencing number}` of the lock's owner (lib/redis/lock.ts). */
  lock: (resource: string, id: string) => `lock:${resource}:${id}`,
  /** String: the last fencing number of any lock. Its loss matters only if the server's clock was set back too. */
  lockFence: "lock:fence",
  /** Set: the currencies that have a board, and `built` (lib/leaderboards/scripts.ts). If lost, one rebuild. */
  leaderboards: (period: string, bucket: string) => `leaderboard:${period}:${bucket}`,
  /** Sorted set of sellers by the sum of their sales in minor units; `bucket` is `2026-W47`, `2026-11` or `all`. */
  leaderboard: (period: string, bucket: string, currency: string) =>
    `leaderboard:${period}:${bucket}:${currency}`,
  /** Hash: seller -> number of sales. */
  leaderboardSales: (period: string, bucket: string, currency: string) =>
    `leaderboard:${period}:${bucket}:${currency}:sales`,
  /** As the two above, while the boards are rebuilt. If lost, the rebuild starts again. */
  stagedLeaderboard: (period: string, bucket: string, currency: string) =>
    `leaderboard:${period}:${bucket}:${currency}:staged`,
  stagedLeaderboardSales: (period: string, bucket: string, currency: string) =>
    `leaderboard:${period}:${bucket}:${currency}:staged:sales`,
  /** String: token of the process that rebuilds the boards. */
  leaderboardLease: (period: string, bucket: string) => `leaderboard:${period}:${bucket}:lease`,
  /**
   * Hash {era, generation, data}: a session as read from Postgres under that generation (lib/sessions/store.ts).
   * Expires with the session. If lost, one read from Postgres.
   */
  session: (sessionId: string) => `webchat:session:${sessionId}`,
  /** Sorted set of a user's sessions by expiry (ms). */
  userSessions: (userId: string) => `webchat:user:sessions:${userId}`,
  /** Hash {generation, listed}: the user's current generation, and the one under which the set above is complete. */
  userGeneration: (userId: string) => `webchat:user:generation:${userId}`,
  /** String; exists while an access token is revoked and its session is not. By the token's SHA-256. */
  blacklistedToken: (hash: string) => `webchat:token:blacklist:${hash}`,
  /** String: the sessions' trust lease. While it exists, Redis has all revocations (lib/sessions/catch-up.ts). */
  sessionsTrustLease: "sessions:told",
  /** Hash {era, caughtUp}: sessions of other eras are ignored; `caughtUp` (ms) is the last catch-up's start. */
  sessionsState: "sessions:state",
  /** Hash: instance -> JSON (lib/realtime/roll-call.ts), the answers to an operator's roll call. If lost, another call. */
  rollCall: (id: string) => `realtime:roll-call:${id}`,
  /**
   * Redis channel, not a key: every instance receives the new entries of all channel logs and the wake-up messages
   * for users' streams (lib/realtime). Nothing is stored.
   */
  realtimeUpstream: "realtime:upstream",
  /** String: the number of the last message of the channel above. If lost, instances compare the heads of all logs. */
  realtimeSequence: "realtime:sequence",
  /** Stream: the channel log's newest events, `{number}-0` (lib/realtime/scripts.ts). If lost, pages refetch. */
  realtimeLog: (channel: string) => `realtime:${channel}:log`,
  /** Hash {epoch, n}: the channel log's epoch and the number of its last entry. */
  realtimeHead: (channel: string) => `realtime:${channel}:head`,
  /** Sorted set of online users by expiry (ms): the end of a lease that the instances of their streams renew. */
  usersOnline: "webchat:users:online",
  /** Hash: a user's presence state and when they were last online. */
  userPresence: (userId: string) => `webchat:user:presence:${userId}`,
  /** Sorted set of a user's open streams by expiry (ms): the end of their registration, which their instance prolongs. */
  userSockets: (userId: string) => `webchat:user:sockets:${userId}`,
  /** Sorted set of streams by the time (ms) of an answer to a heartbeat that reached another instance than theirs. */
  streamAnswers: "webchat:streams:answers",
  /** String (JSON): a chat message. */
  chatMessage: (messageId: string) => `webchat:message:${messageId}`,
  /** Sorted set of cached messages by time (ms). */
  chatMessages: (chatId: string) => `webchat:chat:messages:${chatId}`,
  /** List of message ids, the newest 50, newest first. */
  chatRecent: (chatId: string) => `webchat:chat:recent:${chatId}`,
  /** Sorted set of pinned messages by the time (ms) of pinning. */
  chatPinned: (chatId: string) => `webchat:chat:pinned:${chatId}`,
  /** String: the revision of the chat that the two lists above reflect; readers check it before they use them. */
  chatRevision: (chatId: string) => `webchat:chat:revision:${chatId}`,
  /** String; exists when the transcoder crashed in a task. If lost, its track is tried once more. */
  transcoderCrash: (taskId: string) => `transcoding:crash:${taskId}`,
  /** Hash: id -> JSON (lib/metrics/batch.ts), what instances counted. If lost, so are the counts of a few minutes. */
  metricBatches: "metrics:batches",
  /** Written and read back by the integration probe. */
  probe: (id: string) => `probe:${id}`,
  /**
   * String: when a caller's tokens were taken (lib/rate-limit/scripts.ts). `route` is the policy table's
   * pattern, never the raw path, or `*` for all routes together. Its TTL is the policy's window. If lost, the
   * caller has all tokens again.
   */
  throttle: (policy: string, callerId: string, route: string) =>
    `webchat:throttle:${policy}:${callerId}:${route}`,
  /** Prefix of what @upstash/ratelimit keeps itself (deny lists, analytics), with the options that turn it on. */
  throttlePrefix: "webchat:throttle",
};

export const keys = withKeyPrefix(keyBuilders);

export const ttlSeconds = {
  postViews: DAY_SECONDS,
  postMeta: DAY_SECONDS,
  /** Longest time that an invalidation which missed Redis stays unnoticed. */
  cacheTrustLease: 10,
  /** Default; a lock expires only when its process died or was too slow. */
  lock: 10,
  /** The next reader then rebuilds the boards; a sale that missed Redis is absent at most this long. */
  leaderboard: 600,
  /** From a channel's last event. */
  realtime: DAY_SECONDS,
  presenceOnline: 5 * 60,
  presenceOffline: DAY_SECONDS,
  userSockets: 5 * 60,
  chatMessage: HOUR_SECONDS,
  chat: DAY_SECONDS,
  /** A task's deadline. */
  transcoderCrash: DAY_SECONDS,
  /** From the last batch; Postgres may be down for so long. */
  metricBatches: DAY_SECONDS,
  probe: 60,
  rollCall: 60,
} as const;

type KeyBuilder = string | ((...parts: string[]) => string);
type PrefixedKeys<K> = { readonly [Name in keyof K]: K[Name] extends string ? string : K[Name] };

/**
 * Prepends REDIS_KEY_PREFIX to every key, so that two deployments can share one Redis. The environment is read
 * when a key is built, not when the module is loaded.
 */
export function withKeyPrefix<K extends Record<string, KeyBuilder>>(builders: K): PrefixedKeys<K> {
  const result: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(builders)) {
    if (typeof key === "function") {
      result[name] = (...parts: string[]) => env().REDIS_KEY_PREFIX + key(...parts);
    } else {
      Object.defineProperty(result, name, { enumerable: true, get: () => env().REDIS_KEY_PREFIX + key });
    }
  }
  return result as PrefixedKeys<K>;
}
