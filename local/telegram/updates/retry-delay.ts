/** Telegram spreads its longest delay over 60 to 120 s; here it is always the shorter one. */
const MAX_DELAY_SECONDS = 60;
const MAX_RETRY_AFTER_SECONDS = 3_600;

/**
 * Seconds until the next attempt, as Telegram's server waits: at once after the first failure, then 2, 4, 8 and so on.
 * @param failures  before this one
 * @param retryAfterSeconds  the webhook's `Retry-After`; 0 without it
 */
export function nextRetry(failures: number, retryAfterSeconds: number): number {
  if (retryAfterSeconds > 0) return Math.min(retryAfterSeconds, MAX_RETRY_AFTER_SECONDS);
  return failures === 0 ? 0 : Math.min(MAX_DELAY_SECONDS, 2 ** failures);
}
