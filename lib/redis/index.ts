export { redis, resetRedisForTest } from "./client";
export { GuardedRedis, RedisUnavailableError } from "./guarded-redis";
export { keys, ttlSeconds } from "./keys";
export { runScript } from "./script";
