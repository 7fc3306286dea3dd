import "server-only";
import { cache } from "react";
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
