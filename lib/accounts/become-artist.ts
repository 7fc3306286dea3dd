import { type AuditContext, recordAudit } from "../audit";
import { cacheManager, personTag } from "../cache";
import { AppError } from "../core/errors";
import type { User } from "../schemas/account";
import { changeAccount } from "../sessions";
import { lockCaller } from "./lock";
import { toUser, userColumns } from "./user";

/**
 * Makes a listener an artist, who may sell. Safe to repeat. Requires a confirmed address, because mails about payments
 * must arrive.
 *
 * @throws {AppError} forbidden while the address is not confirmed; conflict for an administrator, who would lose rights
 */
export async function becomeArtist(
  { userId }: { userId: string },
  auditContext: AuditContext = {},
): Promise<User> {
  return changeAccount(userId, async (tx) => {
    const { confirmed } = await lockCaller(tx, userId);
    const before = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: userColumns });
    if (before.role === "artist") return toUser(before);
    if (before.role === "admin") throw new AppError("conflict", { message: "own_role" });
    if (!confirmed) throw new AppError("forbidden", { message: "address_not_confirmed" });
    const row = await tx.user.update({
      where: { id: userId },
      data: { role: "artist" },
      select: userColumns,
    });
    await cacheManager.invalidateAfterCommit(tx, [personTag(row.handle)]);
    await recordAudit(tx, {
      action: "role_changed",
      actorId: userId,
      subject: `user:${userId}`,
      ...auditContext,
      data: { from: "listener", to: "artist" },
    });
    return toUser(row);
  });
}
