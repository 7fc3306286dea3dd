import "server-only";
import { cache } from "react";
import { listChats } from "@/lib/chat";
import { log } from "@/lib/core/log";
import { unreadCount } from "@/lib/notifications";
import { viewerForFrame } from "./viewer";

/** How many notifications the viewer has not read; 0 when that cannot be known: the frame stands all the same. */
export const unreadForFrame = cache(async (): Promise<number> => {
  const viewer = await viewerForFrame();
  if (!viewer) return 0;
  try {
    return await unreadCount(viewer.id);
  } catch (cause) {
    log().warn({ err: cause }, "the frame is shown without the unread count");
    return 0;
  }
});

/** The same of messages, in all chats. */
export const unreadMessagesForFrame = cache(async (): Promise<number> => {
  const viewer = await viewerForFrame();
  if (!viewer) return 0;
  try {
    return (await listChats({ userId: viewer.id }, { limit: 1 })).unreadCount;
  } catch (cause) {
    log().warn({ err: cause }, "the frame is shown without the count of unread messages");
    return 0;
  }
});
