import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { requireFreshSignIn, type SignedInCaller } from "../core/permission";
import { transaction } from "../db";
import type { changeAddressSchema } from "./client";
import { tooManyMailsError } from "./confirm-address";
import { lockCaller } from "./lock";
import { createLink } from "./mail-links";
import { accountLocale, enqueueLinkMail, enqueueNoticeMail } from "./mails";

/**
 * Asks for another address: it becomes the account's when the link mailed to it is opened, and the present one is
 * told at once. Whether it is somebody's already the caller does not learn: the answer and the mails to the present
 * address are the same, and the mail to that address says to its owner that nothing happened.
 *
 * @throws {AppError} fresh_sign_in_required; bad_request for one's own address; rate_limited when the hour has had
 *         enough mails
 */
export async function changeAddress(
  caller: SignedInCaller,
  { email }: z.output<typeof changeAddressSchema>,
  { locale, ...auditContext }: AuditContext & { locale: Locale },
): Promise<void> {
  requireFreshSignIn(caller);
  const { userId } = caller;
  await transaction(async (tx) => {
    const person = await lockCaller(tx, userId);
    if (person.email === email)
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
        locale: accountLocale(person, locale),
        ownerId: userId,
      });
    await enqueueNoticeMail(tx, person, { notice: "address_change_asked", key: id, address: person.email });
    await recordAudit(tx, {
      action: "address_change_asked",
      actorId: userId,
      subject: `user:${userId}`,
      ...auditContext,
    });
  });
}
