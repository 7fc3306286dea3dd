import { defer } from "../core/defer";
import { log } from "../core/log";
import { emit } from "../realtime";
import type { NotificationView } from "./notification";
import { unreadCount } from "./read";

/** Says on a person's open pages, after the commit, that something new is in their list. */
export function tellNew(userId: string, notification: NotificationView, level: "all" | "quiet"): void {
  defer(async () => {
    try {
      // Inside the transaction the count would not see what others commit meanwhile.
      const unread = await unreadCount(userId);
      emit(`user:${userId}`, "notification", { notification, unreadCount: unread, level });
    } catch (error) {
      log().debug({ err: error }, "open pages hear of a notification when they ask next");
    }
  });
}

/** Says on a person's open pages how many are unread. */
export function tellUnread(userId: string, unread: number): void {
  emit(`user:${userId}`, "unread", { unreadCount: unread });
}
