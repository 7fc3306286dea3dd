import "server-only";
import { cache } from "react";
import { listChats } from "@/lib/chat";
import { log } from "@/lib/core/log";
import { countUnread } from "@/lib/notifications";
import { getShellViewer } from "./viewer";

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
