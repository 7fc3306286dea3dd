import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { requireFresh, type SignedInCaller } from "../core/permission";
import { db } from "../db";
import { passwordAttempt } from "../rate-limit/handler-limits";
import { changeAccount } from "../sessions";
import type { changePasswordSchema } from "./client";
import { lockCaller } from "./lock";
import { voidLinks } from "./mail-links";
import { mailNotice } from "./mails";
import { checkPassword, hashPassword } from "./password";
import { requireGoodPassword } from "./password-rules";

/**
 * Changes one's password. All other sessions end, links in mails that were sent before open nothing any more, and
 * the account's address is told.
 *
 * @throws {AppError} fresh_sign_in_required; bad_request for a wrong present password, and for a new one that is the
 *         present one or among the first to be tried; conflict when it was changed meanwhile
 */
export async function changePassword(
  caller: SignedInCaller,
  { currentPassword, newPassword }: z.output<typeof changePasswordSchema>,
  from: AuditContext = {},
): Promise<void> {
  requireFresh(caller);
  const { userId, sessionId } = caller;
  const entry = { actorId: userId, subject: `user:${userId}`, ...from } as const;
  const before = await db().user.findUnique({
    where: { id: userId },
    select: { passwordHash: true, email: true, name: true },
  });
  await passwordAttempt(sessionId, async () => {
    if (await checkPassword(currentPassword, before?.passwordHash ?? null)) return;
    await recordAudit(db(), { action: "password_change_failed", ...entry });
    throw new AppError("bad_request", { message: "wrong_password", field: "currentPassword" });
  });
  if (!before) throw new AppError("unauthenticated");
  if (newPassword === currentPassword) {
    throw new AppError("bad_request", { message: "same_password", field: "newPassword" });
  }
  await requireGoodPassword(newPassword, before, "newPassword");
  const passwordHash = await hashPassword(newPassword);
  await changeAccount(
    userId,
    async (tx) => {
      const person = await lockCaller(tx, userId);
      if (person.passwordHash !== before.passwordHash) throw new AppError("conflict");
      await tx.user.update({ where: { id: userId }, data: { passwordHash }, select: { id: true } });
      await voidLinks(tx, userId);
      await recordAudit(tx, { action: "password_changed", ...entry });
      await mailNotice(tx, person, { notice: "password_changed", key: newId() });
    },
    { end: "others", keep: sessionId, why: "password" },
  );
}
