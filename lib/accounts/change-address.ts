import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { requireFreshSignIn, type SignedInCaller } from "../core/permission";
import { transaction } from "../db";
import type { changeAddressSchema } from "../schemas/account";
import { tooManyMailsError, withConfirmationMail } from "./confirm-address";
import { lockCaller } from "./lock";
import { createLink } from "./mail-links";
import { accountLocale, enqueueLinkMail, enqueueNoticeMail } from "./mails";

/**
 * Requests a change of address: it takes effect when the link mailed to the new address is opened, and the current
 * address is notified immediately. The caller does not learn whether the new address is taken: the response and the
 * notice to the current address are the same, and the owner of a taken address gets a notice that nothing changed.
 *
 * @throws {AppError} fresh_sign_in_required; bad_request for the current address; rate_limited after too many mails in
 *         an hour
 */
export async function changeAddress(
  caller: SignedInCaller,
  { email }: z.output<typeof changeAddressSchema>,
  { locale, ...auditContext }: AuditContext & { locale: Locale },
): Promise<void> {
  requireFreshSignIn(caller);
  const { userId } = caller;
  await withConfirmationMail(email, () =>
    transaction(async (tx) => {
      const user = await lockCaller(tx, userId);
      if (user.email === email)
        throw new AppError("bad_request", { message: "same_address", field: "email" });
      const owner = await tx.user.findUnique({
        where: { email },
        select: { id: true, name: true, locale: true },
      });
      const { id, created } = await createLink(
        tx,
        "confirm_address",
        { id: userId, email },
        { isDecoy: owner !== null },
      );
      if (!created) throw tooManyMailsError();
      if (owner) await enqueueNoticeMail(tx, owner, { notice: "address_taken", key: id });
      else
        await enqueueLinkMail(tx, "confirm_address", id, {
          locale: accountLocale(user, locale),
          ownerId: userId,
        });
      await enqueueNoticeMail(tx, user, { notice: "address_change_asked", key: id, address: user.email });
      await recordAudit(tx, {
        action: "address_change_asked",
        actorId: userId,
        subject: `user:${userId}`,
        ...auditContext,
      });
    }),
  );
}
