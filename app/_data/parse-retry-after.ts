/** Seconds that an answer asks to wait; null when it says nothing of it. */
export function parseRetryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}
