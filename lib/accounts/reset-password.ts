import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { db } from "../db";
import { withPasswordResetLimit } from "../rate-limit/handler-limits";
import { changeAccount } from "../sessions";
import type { resetPasswordSchema } from "./client";
import { lockUser } from "./lock";
import { consumeLink, findLink, invalidLinkError, revokeLinks } from "./mail-links";
import { enqueueNoticeMail } from "./mails";
import { hashPassword } from "./password";
import { requireStrongPassword } from "./password-rules";

/**
 * Sets a new password by a link from a mail. All sessions of the account end, and all its other links with them. Who
 * opened the mail has shown that the address is theirs.
 *
 * @throws {AppError} bad_request when the link is not good, and for a password that is among the first to be tried:
 *         the link can then be used again; rate_limited after too many of those
 * @returns the address that whoever opened the link has shown to be theirs
 */
export async function resetPassword(
  { token, password }: z.output<typeof resetPasswordSchema>,
  auditContext: AuditContext = {},
): Promise<{ email: string }> {
  const link = await findLink("reset_password", token);
  await withPasswordResetLimit(link.email, () => setPassword(link, password, auditContext));
  return { email: link.email };
}

async function setPassword(
  { id, userId, email }: Awaited<ReturnType<typeof findLink>>,
  password: string,
  auditContext: AuditContext,
): Promise<void> {
  const account = await db().user.findUnique({ where: { id: userId }, select: { email: true, name: true } });
  if (!account) throw invalidLinkError();
  await requireStrongPassword(password, account);
  const passwordHash = await hashPassword(password);
  await changeAccount(
    userId,
    async (tx) => {
      const person = await lockUser(tx, { id: userId });
      // Sent to an address that is the account's no more, it is somebody else's mailbox by now.
      if (!person || person.email !== email) throw invalidLinkError();
      await consumeLink(tx, "reset_password", id);
      await tx.user.update({
        where: { id: userId },
        data: { passwordHash, ...(person.confirmed ? {} : { confirmedAt: new Date(now()) }) },
        select: { id: true },
      });
      await revokeLinks(tx, userId);
      await recordAudit(tx, {
        action: "password_reset",
        actorId: userId,
        subject: `user:${userId}`,
        ...auditContext,
      });
      await enqueueNoticeMail(tx, person, { notice: "password_changed", key: id });
    },
    { revoke: "all", reason: "password" },
  );
}
