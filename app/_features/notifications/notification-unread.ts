import { callApi } from "@/app/_data/call-api";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { NotificationPage, UnreadCount } from "@/lib/schemas/notification";

type UnreadResult = ApiResult<{ unreadCount: number }>;

const listeners = new Set<(unread: number) => void>();

/** Calls the listener with every unread count received from the server. Returns the unsubscribe function. */
export function onUnreadCount(listener: (unread: number) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function publishResult(result: UnreadResult): void {
  if (result.ok) publishUnread(result.data.unreadCount);
}

function publishUnread(unread: number): void {
  for (const listener of listeners) listener(unread);
}

/** Delay of the recheck after the last of several changes. */
const RECHECK_DELAY_MS = 5_000;
let recheckTimer: ReturnType<typeof setTimeout> | undefined;

/**
 * Applies a count from the user's channel. Of two concurrent counts the older one may arrive last, so the count is
 * fetched again once no more changes arrive.
 */
export function applyUnread(unread: number): void {
  publishUnread(unread);
  clearTimeout(recheckTimer);
  recheckTimer = setTimeout(() => {
    if (document.visibilityState === "visible") void fetchUnread();
  }, RECHECK_DELAY_MS);
}

/** Fetches the count and passes it to all listeners. @returns the failure, if any */
export async function fetchUnread(): Promise<ApiFailure | null> {
  const result = await callApi<NotificationPage>("/api/notifications?limit=1");
  publishResult(result);
  return result.ok ? null : result.failure;
}

/** Best effort while the page navigates away; the user can also mark it by hand. */
export async function markRead(id: string): Promise<void> {
  publishResult(
    await callApi<UnreadCount>("/api/notifications/read", {
      method: "POST",
      body: { ids: [id] },
      keepalive: true,
    }),
  );
}
