import type { EventData } from "@/lib/schemas/channels";

export type ToastItem = EventData<"user", "notification">["notification"];

/** Longer than the delay between two tabs that receive the same event. */
const CLAIM_DURATION_MS = 10_000;

/**
 * Whether this tab may show a notification: it is visible, and no other tab of this browser has claimed it.
 * Of two visible windows, one shows it.
 */
export function claimToast(id: string): Promise<boolean> {
  if (document.visibilityState !== "visible") return Promise.resolve(false);
  if (!("locks" in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks
      .request(`normaldance:toast:${id}`, { ifAvailable: true }, async (lock) => {
        resolve(lock !== null);
        if (lock) await new Promise((release) => setTimeout(release, CLAIM_DURATION_MS));
      })
      .catch(() => resolve(true));
  });
}
