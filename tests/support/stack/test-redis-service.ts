import { CallMeter } from "@/lib/redis/call-meter";
import { GuardedRedis, type GuardedRedisOptions } from "@/lib/redis/guarded-redis";
import { createRedisService, type RedisService } from "@/lib/redis/redis-service";
import { Subscriber, type SubscriberOptions } from "@/lib/redis/subscriber";

interface TestRedisServiceOptions extends Partial<GuardedRedisOptions> {
  wait?: SubscriberOptions["wait"];
  connectTimeoutMs?: number;
}

/** A separate Redis service with its own time limits. */
export function createTestRedisService(
  url: string,
  { wait, connectTimeoutMs = 5_000, ...options }: TestRedisServiceOptions = {},
): RedisService {
  const meter = new CallMeter();
  const token = options.token ?? "test";
  const client = new GuardedRedis({
    url,
    token,
    timeoutMs: 5_000,
    firstCallTimeoutMs: 5_000,
    ...options,
    onCall: (call) => {
      meter.record(call);
      options.onCall?.(call);
    },
  });
  const subscriber = new Subscriber({
    url,
    token,
    connectTimeoutMs,
    wait,
    onInvalid: () => meter.recordInvalid(["subscribe"]),
  });
  return createRedisService({ client, subscriber, meter });
}
