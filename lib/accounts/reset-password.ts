import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { db } from "../db";
import { withPasswordResetLimit } from "../rate-limit/handler-limits";
import type { resetPasswordSchema } from "../schemas/account";
import { changeAccount } from "../sessions";
import { endTelegramLinks } from "./end-telegram-links";
import { lockUser } from "./lock";
import { consumeLink, findLink, invalidLinkError, revokeLinks } from "./mail-links";
import { enqueueNoticeMail } from "./mails";
import { hashPassword } from "./password";
import { requireStrongPassword } from "./password-rules";

/**
 * Sets a new password by a link from a mail. Revokes all sessions and unused links of the account, ends its
 * links with Telegram, and confirms its address.
 *
 * @throws {AppError} bad_request for an invalid link, and for a common password: the link then remains usable;
 *         rate_limited after too many of those
 * @returns the confirmed address
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
  const account = await db().user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { email: true, name: true },
  });
  if (!account) throw invalidLinkError();
  await requireStrongPassword(password, account);
  const passwordHash = await hashPassword(password);
  await changeAccount(
    userId,
    async (tx) => {
      const user = await lockUser(tx, { id: userId });
      // A link to a previous address is void: the mailbox may belong to another user by now.
      if (!user || user.email !== email) throw invalidLinkError();
      await consumeLink(tx, "reset_password", id);
      await tx.user.update({
        where: { id: userId },
        data: { passwordHash, ...(user.confirmed ? {} : { confirmedAt: new Date(now()) }) },
        select: { id: true },
      });
      await revokeLinks(tx, userId);
      await endTelegramLinks(tx, userId, auditContext);
      await recordAudit(tx, {
        action: "password_reset",
        actorId: userId,
        subject: `user:${userId}`,
        ...auditContext,
      });
      await enqueueNoticeMail(tx, user, { notice: "password_changed", key: id });
    },
    { revoke: "all", reason: "password" },
  );
}
