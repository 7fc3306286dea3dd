import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { requireFreshSignIn, type SignedInCaller } from "../core/permission";
import { db } from "../db";
import { withPasswordLimit } from "../rate-limit/handler-limits";
import type { changePasswordSchema } from "../schemas/account";
import { changeAccount } from "../sessions";
import { lockCaller } from "./lock";
import { revokeLinks } from "./mail-links";
import { enqueueNoticeMail } from "./mails";
import { checkPassword, hashPassword, normalizePassword } from "./password";
import { requireStrongPassword } from "./password-rules";

/**
 * Changes the caller's password. Revokes all other sessions and all unused links in mails, and notifies the account's
 * address.
 *
 * @throws {AppError} fresh_sign_in_required; bad_request for a wrong current password, and for a new one that is the
 *         same or too common; conflict when the password was changed concurrently
 */
export async function changePassword(
  caller: SignedInCaller,
  { currentPassword, newPassword }: z.output<typeof changePasswordSchema>,
  auditContext: AuditContext = {},
): Promise<void> {
  requireFreshSignIn(caller);
  const { userId, sessionId } = caller;
  const auditEntry = { actorId: userId, subject: `user:${userId}`, ...auditContext } as const;
  const before = await db().user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { passwordHash: true, email: true, name: true },
  });
  await withPasswordLimit(sessionId, async () => {
    if (await checkPassword(currentPassword, before?.passwordHash ?? null)) return;
    await recordAudit(db(), { action: "password_change_failed", ...auditEntry });
    throw new AppError("bad_request", { message: "wrong_password", field: "currentPassword" });
  });
  if (!before) throw new AppError("unauthenticated");
  if (normalizePassword(newPassword) === normalizePassword(currentPassword)) {
    throw new AppError("bad_request", { message: "same_password", field: "newPassword" });
  }
  await requireStrongPassword(newPassword, before, "newPassword");
  const passwordHash = await hashPassword(newPassword);
  await changeAccount(
    userId,
    async (tx) => {
      const user = await lockCaller(tx, userId);
      if (user.passwordHash !== before.passwordHash) throw new AppError("conflict");
      await tx.user.update({ where: { id: userId }, data: { passwordHash }, select: { id: true } });
      await revokeLinks(tx, userId);
      await recordAudit(tx, { action: "password_changed", ...auditEntry });
      await enqueueNoticeMail(tx, user, { notice: "password_changed", key: newId() });
    },
    { revoke: "others", exceptSessionId: sessionId, reason: "password" },
  );
}
