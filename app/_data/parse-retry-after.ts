/** Seconds that an answer asks to wait; null when it says nothing of it. */
export function retryAfterOf(response: Response): number | null {
  const wait = Number(response.headers.get("retry-after"));
  return Number.isFinite(wait) && wait > 0 ? Math.ceil(wait) : null;
}
