import { env } from "../core/env";
import { log } from "../core/log";
import { CallMeter, commandName } from "./call-meter";
import { createRedisService, type RedisService } from "./create-redis-service";
import { GuardedRedis, type RedisCall } from "./guarded-redis";
import { Subscriber } from "./subscriber";

let client: GuardedRedis | undefined;
let meter = new CallMeter();
let current: { client: GuardedRedis; service: RedisService } | undefined;

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

/** This process's Redis service. Created on first use, over the same client as `redis()`. */
export function redisService(): RedisService {
  const client = redis();
  if (current?.client === client) return current.service;
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

/** For tests: the next call creates a new client from the environment at that time. */
export function resetRedisForTest(): void {
  client = undefined;
  meter = new CallMeter();
}

/** After this many kinds of errors, new kinds are logged at debug level only: it bounds the memory. */
const MAX_WARNED_KINDS = 100;

/**
 * Logs calls at debug level, and an error reply as a warning the first time a command gets it: a loop over a
 * key of the wrong type is one line, not thousands. Neither keys nor values are logged. An outage is logged
 * once, when the circuit breaker opens.
 */
export function createCallLogger(): (call: RedisCall) => void {
  const warned = new Set<string>();

  return ({ commands, durationMs, outcome, error }) => {
    const names = [...new Set(commands.map(commandName))].join(",");
    if (outcome === "error" && !isNoScript(error)) {
      const kind = `${names} ${error?.message.split(" ", 1)[0]}`;
      if (!warned.has(kind) && warned.size < MAX_WARNED_KINDS) {
        warned.add(kind);
        log().warn({ command: names, err: error }, "Redis command failed: error reply");
        return;
      }
    }
    log().debug({ command: names, commands: commands.length, durationMs, outcome }, "Redis call");
  };
}

/** The caller then sends the script's source. */
function isNoScript(error: Error | undefined): boolean {
  return error?.message.startsWith("NOSCRIPT") ?? false;
}
