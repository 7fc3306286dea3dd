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
      /** The newest that was seen: what came after it stays unread. */
      before: idSchema.optional(),
    }),
  ],
  { error: `ids (${MAX_IDS} at most), or all: true` },
);

export const markReadResponseSchema = z.object({ unreadCount: z.int() });

/**
 * Marks somebody's own notifications as read: those named, or all up to and including `before`. Ids of others,
 * unknown ones and repeats change nothing; what was read keeps its time. Safe to repeat.
 *
 * @returns how many are unread after it, those that came meanwhile included
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
  // A statement of its own: inside the one above, the count would not see what others did meanwhile.
  const unread = await countUnread(userId);
  publishUnreadCount(userId, unread);
  return { unreadCount: unread };
}
