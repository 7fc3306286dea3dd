import { newId } from "../core/ids";
import { log } from "../core/log";
import { defineTask } from "../tasks";

/**
 * Queue `notifications`: a row in somebody's list. Its unique key is the task's id, so that one task is one
 * notification, whatever happens. For an account that is gone meanwhile there is nothing to do, and nothing wrong.
 */
export const task = defineTask<"notifications">()({
  async commit(tx, { userId, kind, title, message, data }, { taskId }) {
    // Reading the account under a lock keeps its deletion from coming between the check and the row.
    const written = await tx.$executeRaw`
INSERT INTO "Notification" (id, "userId", kind, title, message, data, key)
SELECT ${newId()}::uuid, reader.id, ${kind}, ${title ?? null}, ${message ?? null},
  ${data ? JSON.stringify(data) : null}::jsonb, ${taskId}
FROM (SELECT id FROM "User" WHERE id = ${userId}::uuid FOR KEY SHARE) reader
ON CONFLICT (key) DO NOTHING`;
    if (written === 0) log().info({ taskId }, "nobody is left to notify");
  },
});
