import { Redis } from "@upstash/redis";
import type { LimitBucket } from "@/lib/rate-limit/buckets";
import { Limiter } from "@/lib/rate-limit/limiter";
import type { LimitPolicy } from "@/lib/rate-limit/policies";
import { RedisUnavailableError } from "@/lib/redis/unavailable";

/**
 * How Redis behaves towards one process:
 * up      responds in time
 * down    cannot be reached
 * late    executes the request and responds after the caller timed out, when the test releases it
 * lost    executes the request, and the response never arrives
 * hung    neither executes the request nor responds
 */
export const REDIS_BEHAVIOURS = ["up", "down", "late", "lost", "hung"] as const;
/** held: responds in time, but only when the test releases it. */
export type RedisBehaviour = (typeof REDIS_BEHAVIOURS)[number] | "held";

/** The limiter of one process, whose Redis behaves as `behaviour` says. */
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
    // Commands read the client on every call, so it can be replaced.
    const client: Redis["client"] = Reflect.get(redis, "client");
    Reflect.set(redis, "client", {
      request: async (request: Parameters<typeof client.request>[0]) => {
        this.calls += 1;
        if (this.behaviour === "up") return client.request(request);
        if (this.behaviour === "down") throw new RedisUnavailableError("network");
        if (this.behaviour === "held") {
          const held = await client.request(request);
          await new Promise<void>((resolve) => this.heldResponses.push(resolve));
          return held;
        }
        const late = this.behaviour === "hung" ? Promise.reject(new Error("hung")) : client.request(request);
        const response =
          this.behaviour === "late" ? late : late.then(() => Promise.reject(new Error("lost")));
        // Redis has executed the request before anything else happens.
        await late.catch(() => {});
        const released = new Promise<void>((resolve) => this.heldResponses.push(resolve)).then(
          () => response,
        );
        released.catch(() => {});
        response.catch(() => {});
        throw new RedisUnavailableError("timeout", undefined, released);
      },
    });
    this.limiter = new Limiter({ exact: redis, usual: redis });
  }

  /** How many calls were made, with any outcome. */
  calls = 0;

  /** How many responses are late or held. */
  get heldCount(): number {
    return this.heldResponses.length;
  }

  /** Delivers the late and held responses, or reports them as lost. */
  async release(): Promise<void> {
    for (const releaseResponse of this.heldResponses.splice(0)) releaseResponse();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let lastRun = 0;

/** Buckets under keys that no other test uses: one limit for each route, and one shared by all routes. */
export function createTestBuckets(
  route: Pick<LimitPolicy, "limit" | "leased" | "exact">,
  person: Pick<LimitPolicy, "limit" | "leased">,
  windowSeconds: number,
) {
  lastRun += 1;
  const run = `test:limits:${process.pid}:${lastRun}`;
  return (name: string): LimitBucket[] => [
    { policy: { ...route, name: "route", windowSeconds }, key: `${run}:${name}` },
    { policy: { ...person, name: "person", windowSeconds }, key: `${run}:*` },
  ];
}
