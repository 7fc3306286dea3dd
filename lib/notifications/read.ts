import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { db } from "../db";
import { type NotificationPage, notificationPageQuerySchema } from "../schemas/notification";
import { withHandles } from "./erased-names";
import { toNotificationView } from "./notification";

/** The user's own notifications, newest first. */
export async function listNotifications(
  { userId }: Pick<Caller, "userId">,
  page: z.input<typeof notificationPageQuerySchema> = {},
): Promise<NotificationPage> {
  const { cursor, limit } = notificationPageQuerySchema.parse(page);
  // Ids are ordered by time, so paging needs only the index on user and id.
  const [rows, unread] = await Promise.all([
    db().notification.findMany({
      where: { userId, ...(cursor ? { id: { lt: cursor } } : {}) },
      orderBy: { id: "desc" },
      take: limit + 1,
    }),
    countUnread(userId),
  ]);
  const items = (await withHandles(rows.slice(0, limit))).map(toNotificationView);
  return {
    items,
    nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
    unreadCount: unread,
  };
}

/** The number of unread notifications; one statement, answered by the index on user and `readAt`. */
export async function countUnread(userId: string): Promise<number> {
  return db().notification.count({ where: { userId, readAt: null } });
}
