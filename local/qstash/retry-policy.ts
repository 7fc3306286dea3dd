import { parseDelayExpression } from "./delay-expression";
import { parseDuration } from "./parse-duration";

const MAX_DELAY_MS = 86_400_000;

/** QStash's backoff before retry number `retry` (from 1): 12 s, 2 m 28 s, 30 m 8 s, 6 h 7 m, then a day. */
export function backoffMs(retry: number): number {
  return Math.min(MAX_DELAY_MS, Math.exp(2.5 * retry) * 1000);
}

/** In QStash's documented order; the first valid one counts. */
const DELAY_HEADERS = [
  "retry-after",
  "x-ratelimit-reset",
  "x-ratelimit-reset-requests",
  "x-ratelimit-reset-tokens",
];

/**
 * The delay before the next attempt in milliseconds: the one that the destination requested, if that is at most a
 * day; else the message's expression; else the backoff.
 *
 * @param retried  number of retries before this failure
 * @param headers  headers of the destination's response
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
    const delay = parseDuration(value) ?? parseHttpDate(value) - now;
    if (Number.isNaN(delay)) continue;
    return delay <= MAX_DELAY_MS ? Math.max(0, delay) : null;
  }
  return null;
}

/** `Sun, 06 Nov 1994 08:49:37 GMT`. `Date.parse` alone reads `-1` as a date in the past, which would retry at once. */
const HTTP_DATE_PATTERN = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/** Unix ms; NaN for anything that is not a date of HTTP. */
function parseHttpDate(text: string): number {
  return HTTP_DATE_PATTERN.test(text) ? Date.parse(text) : Number.NaN;
}

/** 489 without the header is an ordinary failure; together they end the message. */
export function isNonRetryable(status: number, headers: Record<string, string[]>): boolean {
  return status === 489 && headers["upstash-nonretryable-error"]?.[0]?.toLowerCase() === "true";
}
