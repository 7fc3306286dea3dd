import { z } from "zod";
import { sendNotification } from "../bot";
import { isBlockedSql } from "../contacts";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { afterCommit, Prisma } from "../db";
import { NotificationLevel } from "../schemas/enums";
import { defineTask } from "../tasks";
import { namedUserId } from "./erased-names";
import { toNotificationView } from "./notification";
import { publishNotification } from "./publish";
import { telegramText } from "./telegram-text";

const insertedSchema = z
  .array(
    z.object({
      id: z.uuid(),
      createdAt: z.date(),
      level: z.enum(NotificationLevel).exclude(["off"]),
      hasTelegram: z.boolean(),
    }),
  )
  .max(1);

/**
 * Queue `notifications`: inserts a notification. Its unique key is the task's id, so a repeated attempt inserts
 * nothing. For an account that was deleted, or that turned this kind off, and when the account that it names was
 * deleted or is blocked or blocking, the task succeeds without a notification. For a user who wants it in Telegram, the message is written in the
 * same transaction.
 */
export const task = defineTask<"notifications">()({
  async commit(tx, { userId, kind, title, message, data }, { taskId }) {
    const namedId = namedUserId(kind, data);
    // The locks on the accounts keep their deletion from committing between the check and the insert.
    const rows = await tx.$queryRaw`
WITH account AS (
  SELECT id FROM "User" WHERE id IN (${userId}::uuid, ${namedId}::uuid) AND "deletedAt" IS NULL ORDER BY id FOR KEY SHARE
), reader AS (
  SELECT id FROM account WHERE id = ${userId}::uuid
    AND (${namedId}::uuid IS NULL OR EXISTS (SELECT FROM account WHERE id = ${namedId}::uuid))
    AND NOT ${isBlockedSql(Prisma.sql`${userId}::uuid`, Prisma.sql`${namedId}::uuid`)}
), wanted AS (
  SELECT reader.id, coalesce(preference.level::text, 'all') AS level
  FROM reader LEFT JOIN "NotificationPreference" preference
    ON preference."userId" = reader.id AND preference.kind = ${kind}
)
INSERT INTO "Notification" (id, "userId", kind, title, message, data, key)
SELECT ${newId()}::uuid, wanted.id, ${kind}, ${title ?? null}, ${message ?? null},
  ${data ? JSON.stringify(data) : null}::jsonb, ${taskId}
FROM wanted WHERE wanted.level <> 'off'
ON CONFLICT (key) DO NOTHING
RETURNING id, "createdAt", (SELECT level FROM wanted) AS level,
  EXISTS (SELECT FROM "BotPerson" WHERE "userId" = ${userId}::uuid AND "isNotified") AS "hasTelegram"`;
    const [inserted] = insertedSchema.parse(rows);
    if (!inserted)
      return log().info(
        { taskId },
        "notification skipped: sent before, turned off, blocked, or account deleted",
      );
    const { level, hasTelegram, ...row } = inserted;
    const view = toNotificationView({
      ...row,
      ...{ kind, title: title ?? null, message: message ?? null, data: data ?? null, readAt: null },
    });
    if (level === "all" && hasTelegram)
      await sendNotification(tx, { userId, notificationId: row.id }, (language) =>
        telegramText(view, language),
      );
    afterCommit(tx, () => publishNotification(userId, view, level));
  },
});
