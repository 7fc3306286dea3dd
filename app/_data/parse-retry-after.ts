/** The `Retry-After` header of a response, in whole seconds; null when it is absent or not a positive number. */
export function parseRetryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}
