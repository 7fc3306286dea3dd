export { type RedisMetrics, redisMetricsSchema } from "./call-meter";
export { ChannelNameError } from "./channel";
export { decodeValue } from "./commands/codec";
export { GuardedRedis } from "./guarded-redis";
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
export { type RedisService, redis, redisService, resetRedisForTest } from "./redis-service";
export type { RedisScript, ScriptCall } from "./script";
export { type Subscription, SubscriptionEndedError } from "./subscriber";
export { RedisUnavailableError } from "./unavailable";
export { LockLostError, type WithLockOptions, withLock } from "./with-lock";
