import { type AuditContext, type AuditRecord, recordAudit } from "../audit";
import { failpoint } from "../core/failpoint";
import type { SignedInCaller } from "../core/permission";
import { db } from "../db";

/**
 * Records an operator's action on what Postgres does not have, and then does it: nothing is done that the audit log does
 * not know of. A crash in between leaves an entry of an action that was not done, or in part; the operator repeats it,
 * which adds another entry. What is counted is known only afterwards, so it is in the answer alone.
 *
 * @throws when Postgres does not take the entry: nothing was done; and what the action throws
 */
export async function recordThen<T>(
  {
    caller,
    subject = "app",
    ...record
  }: Pick<AuditRecord, "action" | "data"> & {
    caller: SignedInCaller;
    subject?: AuditRecord["subject"];
  },
  auditContext: AuditContext,
  act: () => Promise<T>,
): Promise<T> {
  await recordAudit(db(), { ...record, actorId: caller.userId, subject, ...auditContext });
  await failpoint("ops.action.recorded");
  return act();
}
