import { errors } from "@upstash/redis";
import { TimeoutError } from "../core/with-timeout";

/** Redis did not reply in time, could not be reached, or the circuit breaker is open. */
export class RedisUnavailableError extends Error {
  /** Marks an outage for code that does not import lib/redis (lib/core/http/error-response.ts). */
  readonly code = "REDIS_UNAVAILABLE";

  constructor(
    readonly reason: "open" | "timeout" | "network" | "out-of-service",
    cause?: unknown,
    /** The reply if it arrives later, else rejects. Only with the option `lateReply`. */
    readonly lateReply?: Promise<unknown>,
  ) {
    super(`Redis is unavailable (${reason})`, { cause });
    this.name = "RedisUnavailableError";
  }
}

/**
 * Whether an error means an outage: Redis loads its data or has lost its primary, Upstash rejects the token or the
 * plan's limit is reached, or another server replied in its place.
 */
export function isOutOfService(error: Error): boolean {
  if (error instanceof errors.UpstashJSONParseError) return true;
  return /^(LOADING |MASTERDOWN |CLUSTERDOWN |READONLY |WRONGPASS |NOAUTH |ERR max (daily )?requests? limit)/.test(
    error.message,
  );
}

export function getUnavailableReason(error: unknown): RedisUnavailableError["reason"] {
  if (error instanceof errors.UpstashError) return "out-of-service";
  if (error instanceof TimeoutError) return "timeout";
  return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "network";
}
