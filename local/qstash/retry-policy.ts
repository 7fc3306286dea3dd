import { parseDelayExpression } from "./delay-expression";
import { parseDuration } from "./parse-duration";

const MAX_DELAY_MS = 86_400_000;

/** QStash's backoff before retry number `retry` (from 1): 12 s, 2 m 28 s, 30 m 8 s, 6 h 7 m, then a day. */
export function backoffMs(retry: number): number {
  return Math.min(MAX_DELAY_MS, Math.exp(2.5 * retry) * 1000);
}

/** In the order QStash documents them; the first that can be read counts. */
const DELAY_HEADERS = [
  "retry-after",
  "x-ratelimit-reset",
  "x-ratelimit-reset-requests",
  "x-ratelimit-reset-tokens",
];

/**
 * How long to wait before the next attempt, in milliseconds: what the destination asked for, if that is at
 * most a day, else the message's own expression, else the backoff.
 *
 * @param retried  how often the message was retried before this failure
 * @param headers  the destination's answer
 */
export function retryDelayMs(
  retried: number,
  expression: string | undefined,
  headers: Record<string, string[]>,
  now: number,
): number {
  const requested = requestedDelayMs(headers, now);
  if (requested !== null) return requested;
  if (expression !== undefined) {
    const delay = parseDelayExpression(expression)(retried);
    if (!Number.isNaN(delay)) return Math.min(MAX_DELAY_MS, Math.max(0, delay));
  }
  return backoffMs(retried + 1);
}

function requestedDelayMs(headers: Record<string, string[]>, now: number): number | null {
  for (const name of DELAY_HEADERS) {
    const value = headers[name]?.[0];
    if (value === undefined) continue;
    const delay = parseDuration(value) ?? Date.parse(value) - now;
    if (Number.isNaN(delay)) continue;
    return delay <= MAX_DELAY_MS ? Math.max(0, delay) : null;
  }
  return null;
}

/** 489 alone is an ordinary failure; only together with the header does it end the message. */
export function isNonRetryable(status: number, headers: Record<string, string[]>): boolean {
  return status === 489 && headers["upstash-nonretryable-error"]?.[0]?.toLowerCase() === "true";
}
