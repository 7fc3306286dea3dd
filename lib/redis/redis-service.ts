import { env } from "../core/env";
import { redis, redisMeter } from "./client";
import { createRedisService, type RedisService } from "./create-redis-service";
import type { GuardedRedis } from "./guarded-redis";
import { Subscriber } from "./subscriber";

let current: { client: GuardedRedis; service: RedisService } | undefined;

/** This process's Redis service. Created on first use, over the same client as `redis()`. */
export function redisService(): RedisService {
  const client = redis();
  if (current?.client === client) return current.service;
  const meter = redisMeter();
  const subscriber = new Subscriber({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    connectTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
    onInvalid: () => meter.recordInvalid(["subscribe"]),
  });
  current?.service.close();
  current = { client, service: createRedisService({ client, subscriber, meter }) };
  return current.service;
}
