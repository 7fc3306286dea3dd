import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import type { Locale } from "../core/locale";
import { type Transaction, transaction } from "../db";
import { requireResetRequestAllowance, takeMailAllowance } from "../rate-limit/handler-limits";
import type { forgotPasswordSchema } from "../schemas/account";
import { lockUser } from "./lock";
import { createLink } from "./mail-links";
import { accountLocale, enqueueLinkMail } from "./mails";

/**
 * Mails a link to choose a new password. The caller cannot learn whether the account exists: the same statements run
 * and a task is enqueued in either case; without an account that task mails nothing. Neither does it when the address
 * was sent as many links as an hour allows: the newest of those is still valid.
 *
 * @param locale  the language for an account that has not chosen one
 * @throws {AppError} rate_limited, also for an unknown address
 */
export async function requestPasswordReset(
  { email }: z.output<typeof forgotPasswordSchema>,
  { locale, ...auditContext }: AuditContext & { locale: Locale },
): Promise<void> {
  await requireResetRequestAllowance({ email, ip: auditContext.client?.ip });
  const mail = await takeMailAllowance("reset_password", email);
  const write = async (tx: Transaction) => {
    const user = await lockUser(tx, { email });
    const link = await createLink(tx, "reset_password", mail.allowed ? user : null);
    await enqueueLinkMail(tx, "reset_password", link.id, {
      locale: user ? accountLocale(user, locale) : locale,
      ...(user ? { ownerId: user.id } : {}),
    });
    await recordAudit(tx, {
      action: "password_reset_asked",
      actorId: null,
      subject: user ? `user:${user.id}` : "app",
      ...auditContext,
      data: { mailed: link.created },
    });
  };
  try {
    await transaction(write);
  } catch (error) {
    await mail.returnTokens();
    throw error;
  }
}
