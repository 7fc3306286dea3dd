import { defer } from "../core/defer";
import { log } from "../core/log";
import { emit } from "../realtime";
import type { NotificationView } from "../schemas/notification";
import { countUnread } from "./read";

/** Publishes a new notification to the user's open pages. Call it after the commit. Best effort. */
export function publishNotification(
  userId: string,
  notification: NotificationView,
  level: "all" | "quiet",
): void {
  defer(async () => {
    try {
      // Within the transaction the count would miss concurrent commits.
      const unread = await countUnread(userId);
      emit(`user:${userId}`, "notification", { notification, unreadCount: unread, level });
    } catch (error) {
      log().debug({ err: error }, "notification not published to open pages");
    }
  });
}

/** Publishes the unread count to the user's open pages. */
export function publishUnreadCount(userId: string, unread: number): void {
  emit(`user:${userId}`, "unread", { unreadCount: unread });
}
