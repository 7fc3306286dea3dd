import { errors, Redis } from "@upstash/redis";
import { now } from "../core/clock";
import { type BreakerState, CircuitBreaker } from "./breaker";

/** Redis did not answer in time, could not be reached, or is known to be away. */
export class RedisUnavailableError extends Error {
  constructor(
    readonly reason: "open" | "timeout" | "network",
    cause?: unknown,
  ) {
    super(`Redis is unavailable (${reason})`, { cause });
    this.name = "RedisUnavailableError";
  }
}

export interface GuardedRedisOptions {
  url: string;
  token: string;
  /** Limit of one HTTP call. */
  timeoutMs: number;
  /** Limit of a call that has to open a connection first. Running over it does not count as a failure. */
  firstCallTimeoutMs: number;
  onStateChange?: (state: BreakerState) => void;
}

/** Node closes an idle connection after about this long, so the next call opens a new one. */
const CONNECTION_IDLE_MS = 4_000;

type Requester = Redis["client"];
type UpstashRequest = Parameters<Requester["request"]>[0];

/**
 * The Upstash client with a time limit on every call and a circuit breaker around all of them.
 * On its own the SDK waits four seconds on a refused connection and for ever on a silent one.
 *
 * A call that timed out may still have been applied: nothing is retried here, and a caller that repeats
 * a write must be able to stand its being done twice. Event streams (`subscribe`) are not limited.
 * Runs on the edge.
 */
export class GuardedRedis extends Redis {
  constructor(options: GuardedRedisOptions) {
    super({
      url: options.url,
      token: options.token,
      retry: false,
      enableAutoPipelining: false,
      enableTelemetry: false,
    });
    this.client = guard(this.client, options);
  }
}

function guard(inner: Requester, options: GuardedRedisOptions): Requester {
  const breaker = new CircuitBreaker(options.onStateChange);
  let lastSettledAt = Number.NEGATIVE_INFINITY;

  return {
    async request<T>(request: UpstashRequest) {
      if (isStream(request)) return inner.request<T>(request);
      if (!breaker.mayCall()) throw new RedisUnavailableError("open");

      const fresh = breaker.state === "closed" && now() - lastSettledAt > CONNECTION_IDLE_MS;
      const limitMs = fresh ? options.firstCallTimeoutMs : options.timeoutMs;
      try {
        const answer = await inner.request<T>({ ...request, signal: () => AbortSignal.timeout(limitMs) });
        breaker.succeeded();
        return answer;
      } catch (error) {
        // The server answered, with an error: it is there.
        if (error instanceof errors.UpstashError) {
          breaker.succeeded();
          throw error;
        }
        if (!fresh) breaker.failed();
        const timedOut = error instanceof Error && error.name === "TimeoutError";
        throw new RedisUnavailableError(timedOut ? "timeout" : "network", error);
      } finally {
        lastSettledAt = now();
      }
    },
  };
}

function isStream(request: UpstashRequest): boolean {
  return request.headers?.Accept === "text/event-stream";
}
