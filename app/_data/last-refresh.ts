const STORAGE_KEY = "normaldance:renewed";

/** The newest access token, as all tabs of this browser know it. */
export interface LastRefresh {
  userId: string;
  /** When the browser received it, by its own clock (ms since the epoch). */
  at: number;
  /** Lifetime from `at` on, in ms. */
  livesMs: number;
}

/** @param expiresAt  ISO 8601 */
export function saveLastRefresh(userId: string, expiresAt: string): void {
  const at = Date.now();
  const lastRefresh: LastRefresh = { userId, at, livesMs: Math.max(0, Date.parse(expiresAt) - at) || 0 };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(lastRefresh));
  } catch {
    // Without storage each tab renews the token separately, which the server accepts.
  }
}

/** Null when nothing is stored, or when the clock was set back since: then `at` lies in the future. */
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
    // storage is unavailable
  }
}
