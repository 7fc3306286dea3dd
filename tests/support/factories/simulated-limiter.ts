import { Redis } from "@upstash/redis";
import type { LimitBucket } from "@/lib/rate-limit/buckets";
import { Limiter } from "@/lib/rate-limit/limiter";
import { RedisUnavailableError } from "@/lib/redis/guarded-redis";

/**
 * How Redis behaves towards one process:
 * up      answers in time
 * away    cannot be reached
 * late    takes the request, answers after the caller stopped waiting, when the test says so
 * lost    takes the request, and the answer never comes
 * deaf    neither takes the request nor answers
 */
export const REDIS_BEHAVIOURS = ["up", "away", "late", "lost", "deaf"] as const;
/** held: answers in time, but not before the test says so. */
export type RedisBehaviour = (typeof REDIS_BEHAVIOURS)[number] | "held";

/** A limiter as a process of its own has it, whose Redis does what it is told. */
export class SimulatedLimiter {
  behaviour: RedisBehaviour = "up";
  readonly limiter: Limiter;
  private heldResponses: (() => void)[] = [];

  constructor() {
    const redis = new Redis({
      url: process.env.UPSTASH_REDIS_REST_URL ?? "",
      token: process.env.UPSTASH_REDIS_REST_TOKEN ?? "",
      enableAutoPipelining: false,
      enableTelemetry: false,
    });
    // Commands ask for the client each time, so this one may come in between.
    const client: Redis["client"] = Reflect.get(redis, "client");
    Reflect.set(redis, "client", {
      request: async (request: Parameters<typeof client.request>[0]) => {
        if (this.behaviour === "up") return client.request(request);
        if (this.behaviour === "away") throw new RedisUnavailableError("network");
        if (this.behaviour === "held") {
          const held = await client.request(request);
          await new Promise<void>((resolve) => this.heldResponses.push(resolve));
          return held;
        }
        const late = this.behaviour === "deaf" ? Promise.reject(new Error("deaf")) : client.request(request);
        const answer = this.behaviour === "late" ? late : late.then(() => Promise.reject(new Error("lost")));
        // Redis has it before anything else happens.
        await late.catch(() => {});
        const released = new Promise<void>((resolve) => this.heldResponses.push(resolve)).then(() => answer);
        released.catch(() => {});
        answer.catch(() => {});
        throw new RedisUnavailableError("timeout", undefined, released);
      },
    });
    this.limiter = new Limiter(redis);
  }

  /** How many requests' answers are late or held. */
  get heldCount(): number {
    return this.heldResponses.length;
  }

  /** The answers that are late or held come now, or are known to be lost. */
  async release(): Promise<void> {
    for (const answer of this.heldResponses.splice(0)) answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let lastRun = 0;

/** Claims under keys that nobody else uses: one limit for each route, and one over all of them. */
export function createTestBuckets(
  route: { limit: number },
  person: { limit: number },
  windowSeconds: number,
) {
  lastRun += 1;
  const run = `test:limits:${process.pid}:${lastRun}`;
  return (name: string): LimitBucket[] => [
    { policy: { name: "route", limit: route.limit, windowSeconds }, key: `${run}:${name}` },
    { policy: { name: "person", limit: person.limit, windowSeconds }, key: `${run}:*` },
  ];
}
