import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";

/** Inserts notifications as the task handler does. Returns their ids, oldest first. */
export async function createNotifications(
  { userId }: Pick<Caller, "userId">,
  count: number,
): Promise<string[]> {
  const rows = Array.from({ length: count }, () => {
    const id = newId();
    return { id, userId, kind: "general", title: "Hello", key: id };
  });
  await db().notification.createMany({ data: rows });
  return rows.map(({ id }) => id);
}
