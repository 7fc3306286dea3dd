import { defer } from "../core/defer";
import { log } from "../core/log";
import { emit } from "../realtime";
import type { NotificationView } from "./notification";
import { countUnread } from "./read";

/** Says on a person's open pages, after the commit, that something new is in their list. */
export function publishNotification(
  userId: string,
  notification: NotificationView,
  level: "all" | "quiet",
): void {
  defer(async () => {
    try {
      // Inside the transaction the count would not see what others commit meanwhile.
      const unread = await countUnread(userId);
      emit(`user:${userId}`, "notification", { notification, unreadCount: unread, level });
    } catch (error) {
      log().debug({ err: error }, "open pages hear of a notification when they ask next");
    }
  });
}

/** Says on a person's open pages how many are unread. */
export function publishUnreadCount(userId: string, unread: number): void {
  emit(`user:${userId}`, "unread", { unreadCount: unread });
}
