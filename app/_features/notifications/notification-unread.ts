import { callApi } from "@/app/_data/call-api";
import type { ApiResult } from "@/app/_ui/api-result";

type UnreadResult = ApiResult<{ unreadCount: number }>;

const listeners = new Set<(unread: number) => void>();

/** Tells from now on how many notifications are unread, whenever the server has said so. */
export function onUnreadCount(listener: (unread: number) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function publishResult(result: UnreadResult): void {
  if (result.ok) publishUnread(result.data.unreadCount);
}

/** Takes in how many are unread, from an answer. */
function publishUnread(unread: number): void {
  for (const listener of listeners) listener(unread);
}

/** After the last of several changes. */
const RECHECK_DELAY_MS = 5_000;
let recheckTimer: ReturnType<typeof setTimeout> | undefined;

/**
 * Takes in a count from the person's channel. Of two that were counted at once the older one may come last, so the
 * server is asked once more when it is quiet again.
 */
export function applyUnread(unread: number): void {
  publishUnread(unread);
  clearTimeout(recheckTimer);
  recheckTimer = setTimeout(() => {
    if (document.visibilityState === "visible") void fetchUnread();
  }, RECHECK_DELAY_MS);
}

let isCountLive = false;

/** Whether the count comes by itself at the moment, so that nobody need ask for it. */
export function isUnreadLive(): boolean {
  return isCountLive;
}

export function setUnreadLive(next: boolean): void {
  isCountLive = next;
}

export async function fetchUnread(): Promise<void> {
  publishResult(await callApi("/api/notifications?limit=1", "unread"));
}

/** Best effort, on the way to what a notification is about: it can be marked by hand as well. */
export async function markRead(id: string): Promise<void> {
  publishResult(
    await callApi("/api/notifications/read", "unread", {
      method: "POST",
      body: { ids: [id] },
      keepalive: true,
    }),
  );
}
