import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { accountTag, cacheManager, personTag } from "../cache";
import type { Caller } from "../core/access-token";
import { requireUsableUploads } from "../media";
import { invalidateAuthorPosts } from "../posts";
import type { profileSchema, User } from "../schemas/account";
import { changeAccount } from "../sessions";
import { lockCaller } from "./lock";
import { toUser, userColumns } from "./user";

/**
 * Changes the caller's name, the language of their mails, and what their page says and shows of them. A missing field
 * stays. Posts and products show a new name immediately.
 * @throws {AppError} unauthenticated when the account no longer exists; not_found, bad_request and conflict for a
 *         picture as {@link requireUsableUploads}
 */
export async function changeProfile(
  caller: Pick<Caller, "userId">,
  { name, locale, bio, links, pictureFileId }: z.output<typeof profileSchema>,
  auditContext: AuditContext = {},
): Promise<User> {
  const { userId } = caller;
  // Loaded only here: the shop brings the payment provider's SDK, which a sign-in must not wait for.
  const shop = name === undefined ? undefined : await import("../shop");
  const isPageChanged = [name, bio, links, pictureFileId].some((field) => field !== undefined);
  return changeAccount(userId, async (tx) => {
    const before = await lockCaller(tx, userId);
    await requireUsableUploads(tx, caller, pictureFileId === undefined ? {} : { pictureFileId });
    // Undefined is not written.
    const row = await tx.user.update({
      where: { id: userId },
      data: { name, locale, bio, links, pictureFileId },
      select: userColumns,
    });
    if (isPageChanged) await cacheManager.invalidateAfterCommit(tx, [personTag(row.handle)]);
    if (row.name !== before.name) {
      await cacheManager.invalidateAfterCommit(tx, [accountTag(userId)]);
      await invalidateAuthorPosts(tx, userId);
      await shop?.invalidateSellerProducts(tx, userId);
      const subject = `user:${userId}` as const;
      await recordAudit(tx, { action: "name_changed", actorId: userId, subject, ...auditContext });
    }
    return toUser(row);
  });
}
