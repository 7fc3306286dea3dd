export { ChannelNameError } from "./channels";
export { redis, resetRedisForTest } from "./client";
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
export { type RedisMetrics, redisMetricsSchema } from "./meter";
export { redisService } from "./redis-service";
export { runScript } from "./run-script";
export type { RedisService } from "./service";
export { type Subscription, SubscriptionEndedError } from "./subscriber";
export { LockLostError, type WithLockOptions, withLock } from "./with-lock";
