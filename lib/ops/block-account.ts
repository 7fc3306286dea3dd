import { endTelegramLinks } from "../accounts";
import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import type { SignedInCaller } from "../core/permission";
import { changeAccount } from "../sessions";
import { getPerson, lockWithAdministrators, type PersonView } from "./people";
import { requireOperator } from "./require-operator";

/**
 * Signs an account out everywhere and keeps it from signing in; its links with Telegram end, since a Telegram user acts
 * for it through them. What it has published stays, and its bots go on. Safe to repeat.
 *
 * @throws {AppError} forbidden unless the caller is an administrator, by the account and not only by the session;
 *         fresh_sign_in_required; not_found; conflict for an administrator
 */
export async function blockAccount(
  caller: SignedInCaller,
  personId: string,
  auditContext: AuditContext,
): Promise<PersonView> {
  requireOperator(caller);
  await changeAccount(
    personId,
    async (tx) => {
      const { person } = await lockWithAdministrators(tx, caller, personId);
      if (person.role === "admin") throw new AppError("conflict", { message: "block_administrator" });
      if (person.blockedAt) return;
      await tx.user.update({
        where: { id: personId },
        data: { blockedAt: new Date(now()) },
        select: { id: true },
      });
      await endTelegramLinks(tx, personId, auditContext, caller.userId);
      await recordAudit(tx, {
        action: "account_blocked",
        actorId: caller.userId,
        subject: `user:${personId}`,
        ...auditContext,
      });
    },
    { revoke: "all", reason: "blocked" },
  );
  return getPerson(caller, personId);
}

/** Lets an account sign in again. Safe to repeat. @throws {AppError} as above, without the conflict */
export async function unblockAccount(
  caller: SignedInCaller,
  personId: string,
  auditContext: AuditContext,
): Promise<PersonView> {
  requireOperator(caller);
  await changeAccount(personId, async (tx) => {
    const { person } = await lockWithAdministrators(tx, caller, personId);
    if (!person.blockedAt) return;
    await tx.user.update({ where: { id: personId }, data: { blockedAt: null }, select: { id: true } });
    await recordAudit(tx, {
      action: "account_unblocked",
      actorId: caller.userId,
      subject: `user:${personId}`,
      ...auditContext,
    });
  });
  return getPerson(caller, personId);
}
