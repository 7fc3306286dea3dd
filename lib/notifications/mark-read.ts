import { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { idSchema } from "../core/ids";
import { db } from "../db";
import { publishUnreadCount } from "./publish";
import { countUnread } from "./read";

const MAX_IDS = 100;

export const markReadSchema = z.union(
  [
    z.strictObject({ ids: z.array(idSchema).max(MAX_IDS) }),
    z.strictObject({
      all: z.literal(true),
      /** Id of the newest notification seen; later ones stay unread. */
      before: idSchema.optional(),
    }),
  ],
  { error: `ids (${MAX_IDS} at most), or all: true` },
);

export const markReadResponseSchema = z.object({ unreadCount: z.int() });

/**
 * Marks the user's own notifications as read: the given ids, or all up to and including `before`. Ids of other users
 * and unknown ones are ignored; notifications that are read already keep their time. Safe to repeat.
 *
 * @returns the unread count afterwards, including notifications that arrived meanwhile
 */
export async function markRead(
  { userId }: Pick<Caller, "userId">,
  selection: z.output<typeof markReadSchema>,
): Promise<{ unreadCount: number }> {
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
