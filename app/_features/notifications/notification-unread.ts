import { callApi } from "@/app/_data/call-api";
import type { ApiResult } from "@/app/_ui/api-result";

type Counted = ApiResult<{ unreadCount: number }>;

const listeners = new Set<(unread: number) => void>();

/** Tells from now on how many notifications are unread, whenever the server has said so. */
export function onUnread(listener: (unread: number) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function tell(result: Counted): void {
  if (result.ok) learnUnread(result.data.unreadCount);
}

/** Takes in how many are unread, from an answer. */
function learnUnread(unread: number): void {
  for (const listener of listeners) listener(unread);
}

/** After the last of several changes. */
const SURE_AFTER_MS = 5_000;
let asksSoon: ReturnType<typeof setTimeout> | undefined;

/**
 * Takes in a count from the person's channel. Of two that were counted at once the older one may come last, so the
 * server is asked once more when it is quiet again.
 */
export function hearUnread(unread: number): void {
  learnUnread(unread);
  clearTimeout(asksSoon);
  asksSoon = setTimeout(() => {
    if (document.visibilityState === "visible") void askUnread();
  }, SURE_AFTER_MS);
}

let live = false;

/** Whether the count comes by itself at the moment, so that nobody need ask for it. */
export function isUnreadLive(): boolean {
  return live;
}

export function setUnreadLive(now: boolean): void {
  live = now;
}

export async function askUnread(): Promise<void> {
  tell(await callApi("/api/notifications?limit=1", "unread"));
}

/** Best effort, on the way to what a notification is about: it can be marked by hand as well. */
export async function markRead(id: string): Promise<void> {
  tell(
    await callApi("/api/notifications/read", "unread", {
      method: "POST",
      body: { ids: [id] },
      keepalive: true,
    }),
  );
}
