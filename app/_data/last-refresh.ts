const STORAGE_KEY = "normaldance:renewed";

/** What the tabs of a browser know of the newest access token. */
export interface LastRefresh {
  /** Whose it is. */
  userId: string;
  /** When the browser heard of it, by its own clock (ms). */
  at: number;
  /** How long it was good from then on. */
  livesMs: number;
}

/** @param expiresAt  ISO 8601 */
export function saveLastRefresh(userId: string, expiresAt: string): void {
  const at = Date.now();
  const lastRefresh: LastRefresh = { userId, at, livesMs: Math.max(0, Date.parse(expiresAt) - at) || 0 };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(lastRefresh));
  } catch {
    // Without storage each tab renews for itself, which the server puts up with.
  }
}

/** Null when this browser does not know, or its clock was set back: then a time to come was made of one past. */
export function readLastRefresh(): LastRefresh | null {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null") as Partial<LastRefresh> | null;
    if (!stored) return null;
    const { userId, at, livesMs } = stored;
    if (typeof userId !== "string" || typeof at !== "number" || typeof livesMs !== "number") return null;
    return at <= Date.now() ? { userId, at, livesMs } : null;
  } catch {
    return null;
  }
}

export function clearLastRefresh(): void {
  try {
    localStorage.removeItem(STORAGE_KEY);
  } catch {
    // as above
  }
}
