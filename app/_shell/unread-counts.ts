import "server-only";
import { cache } from "react";
import { listChats } from "@/lib/chat";
import { log } from "@/lib/core/log";
import { countUnread } from "@/lib/notifications";
import { getShellViewer } from "./viewer";

/** How many notifications the viewer has not read; 0 when that cannot be known: the frame stands all the same. */
export const getShellUnreadCount = cache(async (): Promise<number> => {
  const viewer = await getShellViewer();
  if (!viewer) return 0;
  try {
    return await countUnread(viewer.id);
  } catch (cause) {
    log().warn({ err: cause }, "the frame is shown without the unread count");
    return 0;
  }
});

/** The same of messages, in all chats. */
export const getShellUnreadMessageCount = cache(async (): Promise<number> => {
  const viewer = await getShellViewer();
  if (!viewer) return 0;
  try {
    return (await listChats({ userId: viewer.id }, { limit: 1 })).unreadCount;
  } catch (cause) {
    log().warn({ err: cause }, "the frame is shown without the count of unread messages");
    return 0;
  }
});
