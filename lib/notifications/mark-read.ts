import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { db } from "../db";
import type { markReadSchema, UnreadCount } from "../schemas/notification";
import { publishUnreadCount } from "./publish";
import { countUnread } from "./read";

/**
 * Marks the user's own notifications as read: the given ids, or all up to and including `before`. Ids of other users
 * and unknown ones are ignored; notifications that are read already keep their time. Safe to repeat.
 *
 * @returns the unread count afterwards, including notifications that arrived meanwhile
 */
export async function markRead(
  { userId }: Pick<Caller, "userId">,
  selection: z.output<typeof markReadSchema>,
): Promise<UnreadCount> {
  const selectionWhere =
    "ids" in selection
      ? { id: { in: selection.ids } }
      : selection.before
        ? { id: { lte: selection.before } }
        : {};
  await db().notification.updateMany({
    where: { userId, readAt: null, ...selectionWhere },
    data: { readAt: new Date(now()) },
  });
  // A separate statement: within the one above, the count would miss concurrent changes.
  const unread = await countUnread(userId);
  publishUnreadCount(userId, unread);
  return { unreadCount: unread };
}
