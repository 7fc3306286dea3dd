const KEY = "normaldance:renewed";

/** What the tabs of a browser know of the newest access token. */
export interface KeptRenewal {
  /** Whose it is. */
  userId: string;
  /** When the browser heard of it, by its own clock (ms). */
  at: number;
  /** How long it was good from then on. */
  livesMs: number;
}

/** @param expiresAt  ISO 8601 */
export function keepRenewal(userId: string, expiresAt: string): void {
  const at = Date.now();
  const kept: KeptRenewal = { userId, at, livesMs: Math.max(0, Date.parse(expiresAt) - at) || 0 };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Without storage each tab renews for itself, which the server puts up with.
  }
}

/** Null when this browser does not know, or its clock was set back: then a time to come was made of one past. */
export function keptRenewal(): KeptRenewal | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<KeptRenewal> | null;
    if (!kept) return null;
    const { userId, at, livesMs } = kept;
    if (typeof userId !== "string" || typeof at !== "number" || typeof livesMs !== "number") return null;
    return at <= Date.now() ? { userId, at, livesMs } : null;
  } catch {
    return null;
  }
}

export function forgetRenewal(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // as above
  }
}
