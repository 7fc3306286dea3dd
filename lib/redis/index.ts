export { type RedisMetrics, redisMetricsSchema } from "./call-meter";
export { ChannelNameError } from "./channel-message";
export { redis, redisService, resetRedisForTest } from "./client";
export { decodeValue } from "./commands/values";
export type { RedisService } from "./create-redis-service";
export { GuardedRedis, RedisUnavailableError } from "./guarded-redis";
export { keys, ttlSeconds } from "./keys";
export {
  type AcquireOptions,
  acquireLock,
  extendLock,
  type Lock,
  type LockAttempt,
  releaseLock,
} from "./lock";
export { PendingReplay } from "./pending-replay";
export { type Subscription, SubscriptionEndedError } from "./subscriber";
export { LockLostError, type WithLockOptions, withLock } from "./with-lock";
