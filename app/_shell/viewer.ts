import "server-only";
import { cache } from "react";
import { listChats } from "@/lib/chat";
import { log } from "@/lib/core/log";
import { countUnread } from "@/lib/notifications";
import { currentUser } from "@/lib/sessions";

export type Viewer = NonNullable<Awaited<ReturnType<typeof currentUser>>>;

/** The signed-in user, read once per render. Throws when sessions cannot be read. */
export const getViewer = cache(() => currentUser());

/**
 * The same for the shell: when sessions cannot be read, the shell renders signed out and the page inside
 * handles the failure separately, so that the whole document does not fail.
 */
export const getShellViewer = cache(async (): Promise<Viewer | null> => {
  try {
    return await getViewer();
  } catch (cause) {
    log().warn({ err: cause }, "sessions unavailable: shell rendered signed out");
    return null;
  }
});

/** The viewer's unread notifications; 0 when the count is unavailable, because the shell must render anyway. */
export const getShellUnreadCount = cache(async (): Promise<number> => {
  const viewer = await getShellViewer();
  if (!viewer) return 0;
  try {
    return await countUnread(viewer.id);
  } catch (cause) {
    log().warn({ err: cause }, "unread notification count unavailable: shell rendered without it");
    return 0;
  }
});

/** The viewer's unread messages in all chats; 0 when the count is unavailable. */
export const getShellUnreadMessageCount = cache(async (): Promise<number> => {
  const viewer = await getShellViewer();
  if (!viewer) return 0;
  try {
    return (await listChats({ userId: viewer.id }, { limit: 1 })).unreadCount;
  } catch (cause) {
    log().warn({ err: cause }, "unread message count unavailable: shell rendered without it");
    return 0;
  }
});
