import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { invalidateAuthorPosts } from "../posts";
import type { profileSchema, User } from "../schemas/account";
import { changeAccount } from "../sessions";
import { lockCaller } from "./lock";
import { toUser, userColumns } from "./user";

/**
 * Changes the caller's name and the language of their mails. Posts show the new name immediately.
 * @throws {AppError} unauthenticated when the account no longer exists
 */
export function changeProfile(
  { userId }: { userId: string },
  { name, locale }: z.output<typeof profileSchema>,
  auditContext: AuditContext = {},
): Promise<User> {
  return changeAccount(userId, async (tx) => {
    const before = await lockCaller(tx, userId);
    const row = await tx.user.update({
      where: { id: userId },
      data: { ...(name === undefined ? {} : { name }), ...(locale === undefined ? {} : { locale }) },
      select: userColumns,
    });
    if (row.name !== before.name) {
      await invalidateAuthorPosts(tx, userId);
      const subject = `user:${userId}` as const;
      await recordAudit(tx, { action: "name_changed", actorId: userId, subject, ...auditContext });
    }
    return toUser(row);
  });
}
