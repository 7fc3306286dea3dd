import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { accountTag, cacheManager, personTag } from "../cache";
import type { Caller } from "../core/access-token";
import { isUniqueViolation } from "../db";
import { requireUsableUploads } from "../media";
import { invalidateAuthorPosts } from "../posts";
import type { profileSchema, User } from "../schemas/account";
import { changeAccount } from "../sessions";
import { handleTaken, keepFormerHandle, requireAllowedHandle } from "./change-handle";
import { lockCaller } from "./lock";
import { toUser, userColumns } from "./user";

/**
 * Changes the caller's name, the address of their page, the language of their mails, and what the page says and shows of
 * them. A missing field stays. Posts and products show a new name and lead to the new address immediately.
 * @throws {AppError} unauthenticated when the account no longer exists; bad_request and conflict for a handle that is
 *         reserved or taken; not_found, bad_request and conflict for a picture as {@link requireUsableUploads}
 */
export async function changeProfile(
  caller: Pick<Caller, "userId">,
  { name, handle, locale, bio, links, pictureFileId }: z.output<typeof profileSchema>,
  auditContext: AuditContext = {},
): Promise<User> {
  const { userId } = caller;
  // Loaded only here: the shop brings the payment provider's SDK, which a sign-in must not wait for.
  const shop = name === undefined && handle === undefined ? undefined : await import("../shop");
  const isPageChanged = [name, handle, bio, links, pictureFileId].some((field) => field !== undefined);
  const changed = changeAccount(userId, async (tx) => {
    const before = await lockCaller(tx, userId);
    await requireUsableUploads(tx, caller, pictureFileId === undefined ? {} : { pictureFileId });
    if (handle !== undefined) await requireAllowedHandle(tx, handle);
    // Undefined is not written.
    const row = await tx.user.update({
      where: { id: userId },
      data: { name, handle, locale, bio, links, pictureFileId },
      select: userColumns,
    });
    if (isPageChanged) await cacheManager.invalidateAfterCommit(tx, [personTag(row.handle)]);
    const subject = `user:${userId}` as const;
    const audit = { actorId: userId, subject, ...auditContext };
    if (row.handle !== before.handle) {
      await keepFormerHandle(tx, { userId, from: before.handle, to: row.handle });
      await cacheManager.invalidateAfterCommit(tx, [personTag(before.handle)]);
      await recordAudit(tx, { action: "handle_changed", ...audit });
    }
    if (row.name !== before.name) await recordAudit(tx, { action: "name_changed", ...audit });
    if (row.name !== before.name || row.handle !== before.handle) {
      await cacheManager.invalidateAfterCommit(tx, [accountTag(userId)]);
      await invalidateAuthorPosts(tx, userId);
      await shop?.invalidateSellerProducts(tx, userId);
    }
    return toUser(row);
  });
  return changed.catch((error: unknown) => {
    throw handle !== undefined && isUniqueViolation(error) ? handleTaken(error) : error;
  });
}
