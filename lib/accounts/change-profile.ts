import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { accountTag, cacheManager, personTag } from "../cache";
import { invalidateAuthorPosts } from "../posts";
import type { profileSchema, User } from "../schemas/account";
import { changeAccount } from "../sessions";
import { lockCaller } from "./lock";
import { toUser, userColumns } from "./user";

/**
 * Changes the caller's name and the language of their mails. Posts and products show the new name immediately.
 * @throws {AppError} unauthenticated when the account no longer exists
 */
export async function changeProfile(
  { userId }: { userId: string },
  { name, locale }: z.output<typeof profileSchema>,
  auditContext: AuditContext = {},
): Promise<User> {
  // Loaded only here: the shop brings the payment provider's SDK, which a sign-in must not wait for.
  const shop = name === undefined ? undefined : await import("../shop");
  return changeAccount(userId, async (tx) => {
    const before = await lockCaller(tx, userId);
    const row = await tx.user.update({
      where: { id: userId },
      data: { ...(name === undefined ? {} : { name }), ...(locale === undefined ? {} : { locale }) },
      select: userColumns,
    });
    if (row.name !== before.name) {
      await cacheManager.invalidateAfterCommit(tx, [accountTag(userId), personTag(row.handle)]);
      await invalidateAuthorPosts(tx, userId);
      await shop?.invalidateSellerProducts(tx, userId);
      const subject = `user:${userId}` as const;
      await recordAudit(tx, { action: "name_changed", actorId: userId, subject, ...auditContext });
    }
    return toUser(row);
  });
}
