import { env } from "../core/env";
import { log } from "../core/log";
import { createCallLogger } from "./call-logger";
import { CallMeter } from "./call-meter";
import { GuardedRedis } from "./guarded-redis";

let client: GuardedRedis | undefined;
let meter = new CallMeter();

/** This process's Redis client, for everything except the edge. Created on first use. */
export function redis(): GuardedRedis {
  if (client) return client;
  const logCall = createCallLogger();
  client = new GuardedRedis({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    timeoutMs: env().REDIS_TIMEOUT_MS,
    firstCallTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
    onStateChange: (state) => {
      if (state === "open") log().warn("Redis unavailable: circuit breaker open");
      else log().info("Redis available again: circuit breaker closed");
    },
    onCall: (call) => {
      meter.record(call);
      logCall(call);
    },
  });
  return client;
}

/** Counts all calls of {@link redis}. */
export function redisMeter(): CallMeter {
  return meter;
}

/** For tests: the next call creates a new client from the environment at that time. */
export function resetRedisForTest(): void {
  client = undefined;
  meter = new CallMeter();
}
