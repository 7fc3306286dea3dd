import { errors, Redis } from "@upstash/redis";
import { now } from "../core/clock";
import { type BreakerState, CircuitBreaker } from "./breaker";

/** Redis did not answer in time, could not be reached, or is known to be away. */
export class RedisUnavailableError extends Error {
  constructor(
    readonly reason: "open" | "timeout" | "network" | "out-of-service",
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
  /** Limit of a call that has to open a connection first. Running over it once does not count as a failure. */
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
    const limit: CallLimit = { ms: 0 };
    super({
      url: options.url,
      token: options.token,
      retry: false,
      enableAutoPipelining: false,
      enableTelemetry: false,
      signal: () => (limit.ms > 0 ? AbortSignal.timeout(limit.ms) : new AbortController().signal),
    });
    this.client = guard(this.client, limit, options);
  }
}

/**
 * The limit of the call being started. The SDK asks for its signal synchronously inside `request`, and only
 * a function makes it throw when time is up (given a signal it answers with a made-up result).
 */
interface CallLimit {
  /** 0: none */
  ms: number;
}

function guard(inner: Requester, limit: CallLimit, options: GuardedRedisOptions): Requester {
  const breaker = new CircuitBreaker(options.onStateChange);
  let lastSettledAt = Number.NEGATIVE_INFINITY;
  /** A cold start is excused once: on a quiet server every call finds its connection closed. */
  let excused = false;

  return {
    async request<T>(request: UpstashRequest) {
      if (isStream(request)) {
        limit.ms = 0;
        return inner.request<T>(request);
      }
      if (!breaker.mayCall()) throw new RedisUnavailableError("open");

      // A probe's too: with the short limit a distant Redis would never be found back.
      const fresh = now() - lastSettledAt > CONNECTION_IDLE_MS;
      const excusable = fresh && !excused && breaker.state === "closed";
      try {
        limit.ms = fresh ? options.firstCallTimeoutMs : options.timeoutMs;
        const answer = await inner.request<T>(request);
        breaker.succeeded();
        excused = false;
        return answer;
      } catch (error) {
        // Redis answered, with an error: it is there.
        if (error instanceof errors.UpstashError && !isOutOfService(error)) {
          breaker.succeeded();
          excused = false;
          throw error;
        }
        if (excusable) excused = true;
        else breaker.failed();
        throw new RedisUnavailableError(reasonOf(error), error);
      } finally {
        lastSettledAt = now();
      }
    },
  };
}

/** What Redis says while it loads its data or has lost its primary; and a page of whatever stands in front of it. */
function isOutOfService(error: Error): boolean {
  if (error instanceof errors.UpstashJSONParseError) return true;
  return /^(LOADING|MASTERDOWN|CLUSTERDOWN|READONLY) /.test(error.message);
}

function reasonOf(error: unknown): RedisUnavailableError["reason"] {
  if (error instanceof errors.UpstashError) return "out-of-service";
  return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "network";
}

function isStream(request: UpstashRequest): boolean {
  return request.headers?.Accept === "text/event-stream";
}
