import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import type { Locale } from "../core/locale";
import { transaction } from "../db";
import { requireMailAllowance } from "../rate-limit/handler-limits";
import type { forgotPasswordSchema } from "../schemas/account";
import { lockUser } from "./lock";
import { createLink } from "./mail-links";
import { accountLocale, enqueueLinkMail } from "./mails";

/**
 * Mails a link to choose a new password. The caller cannot learn whether the account exists: the same statements run
 * and a task is enqueued in either case; without an account that task mails nothing.
 *
 * @param locale  the language for an account that has not chosen one
 * @throws {AppError} rate_limited, also for an unknown address
 */
export async function requestPasswordReset(
  { email }: z.output<typeof forgotPasswordSchema>,
  { locale, ...auditContext }: AuditContext & { locale: Locale },
): Promise<void> {
  await requireMailAllowance({ email, ip: auditContext.client?.ip });
  await transaction(async (tx) => {
    const user = await lockUser(tx, { email });
    const link = await createLink(tx, "reset_password", user);
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
  });
}
