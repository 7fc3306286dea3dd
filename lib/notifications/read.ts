import { z } from "zod";
import type { Caller } from "../core/access-token";
import { idSchema } from "../core/ids";
import { db } from "../db";
import { type NotificationView, notificationSchema, toNotificationView } from "./notification";

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 50;

export const notificationPageQuerySchema = z.object({
  /** Id of the last notification of the previous page. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});

export const notificationPageSchema = z.object({
  items: z.array(notificationSchema),
  nextCursor: z.uuid().nullable(),
  /** Of all notifications, not only of this page. */
  unreadCount: z.int(),
});

/** The user's own notifications, newest first. */
export async function listNotifications(
  { userId }: Pick<Caller, "userId">,
  page: z.input<typeof notificationPageQuerySchema> = {},
): Promise<{ items: NotificationView[]; nextCursor: string | null; unreadCount: number }> {
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
  const items = rows.slice(0, limit).map(toNotificationView);
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
