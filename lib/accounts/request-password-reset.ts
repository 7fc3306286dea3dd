import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import type { Locale } from "../core/locale";
import { transaction } from "../db";
import { requireMailAllowance } from "../rate-limit/handler-limits";
import type { forgotPasswordSchema } from "./client";
import { lockUser } from "./lock";
import { createLink } from "./mail-links";
import { accountLocale, enqueueLinkMail } from "./mails";

/**
 * Mails a link to choose a new password. Nobody learns whether there is such an account: the same statements run,
 * and a task is made and published, in either case; the one without a link mails nothing.
 *
 * @param locale  for an account that has no language of its own
 * @throws {AppError} rate_limited, also for nobody's address
 */
export async function requestPasswordReset(
  { email }: z.output<typeof forgotPasswordSchema>,
  { locale, ...auditContext }: AuditContext & { locale: Locale },
): Promise<void> {
  await requireMailAllowance({ email, ip: auditContext.client?.ip });
  await transaction(async (tx) => {
    const person = await lockUser(tx, { email });
    const link = await createLink(tx, "reset_password", person);
    await enqueueLinkMail(tx, "reset_password", link.id, {
      locale: person ? accountLocale(person, locale) : locale,
      ...(person ? { ownerId: person.id } : {}),
    });
    await recordAudit(tx, {
      action: "password_reset_asked",
      actorId: null,
      subject: person ? `user:${person.id}` : "app",
      ...auditContext,
      data: { mailed: link.created },
    });
  });
}
