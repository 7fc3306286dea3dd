const STORAGE_KEY = "normaldance:renewed";

/** The newest access token, as all tabs of this browser know it. */
export interface LastRefresh {
  userId: string;
  /** When the browser received it, by its own clock (ms since the epoch). */
  at: number;
  /** Lifetime from `at` on, in ms. */
  livesMs: number;
}

/** This page's own copy, for a browser that has closed its storage: each tab then renews the token separately. */
let ownLastRefresh: LastRefresh | null = null;

/** @param expiresAt  ISO 8601 */
export function saveLastRefresh(userId: string, expiresAt: string): void {
  const at = Date.now();
  const lastRefresh: LastRefresh = { userId, at, livesMs: Math.max(0, Date.parse(expiresAt) - at) || 0 };
  ownLastRefresh = lastRefresh;
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(lastRefresh));
  } catch {
    // storage is unavailable
  }
}

/** Null when nothing is stored, or when the clock was set back since: then `at` lies in the future. */
export function readLastRefresh(): LastRefresh | null {
  const lastRefresh = readStored();
  return lastRefresh && lastRefresh.at <= Date.now() ? lastRefresh : null;
}

function readStored(): LastRefresh | null {
  let text: string | null;
  try {
    text = localStorage.getItem(STORAGE_KEY);
  } catch {
    return ownLastRefresh;
  }
  try {
    const stored = JSON.parse(text ?? "null") as Partial<LastRefresh> | null;
    if (!stored) return null;
    const { userId, at, livesMs } = stored;
    if (typeof userId !== "string" || typeof at !== "number" || typeof livesMs !== "number") return null;
    return { userId, at, livesMs };
  } catch {
    return null;
  }
}

export function clearLastRefresh(): void {
  ownLastRefresh = null;
  try {
    localStorage.removeItem(STORAGE_KEY);
  } catch {
    // storage is unavailable
  }
}
