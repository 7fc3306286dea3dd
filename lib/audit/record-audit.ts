import type { ClientInfo } from "../core/http";
import { newId } from "../core/ids";
import type { Transaction } from "../db";
import { MAX_REASON_LENGTH } from "../schemas/reason-length";
import type { AuditAction, AuditSubject } from "./actions";

export interface AuditRecord {
  action: AuditAction;
  /** User id of the actor; null for an anonymous caller and for the app itself. */
  actorId: string | null;
  /** The target, such as `user:{id}`. */
  subject: AuditSubject;
  /** Where the request came from; omitted without a request. */
  client?: Pick<ClientInfo, "ip" | "userAgent">;
  /** The request's id, to find its log lines. */
  requestId?: string;
  /** Why, in the operator's words; at most {@link MAX_REASON_LENGTH} characters are kept. */
  reason?: string | undefined;
  /** Further ids, numbers and constants. Never a secret, a token, a name or an address. */
  data?: Readonly<Record<string, string | number | boolean | null>>;
}

/** The request's part of a record; a route's context has these fields. */
export type AuditContext = Pick<AuditRecord, "client" | "requestId" | "reason">;

/**
 * Appends an entry to the audit log, atomically with the action it records. Not safe to repeat.
 *
 * @param tx  the transaction of the action, or `db()` when the action writes nothing else
 */
export async function recordAudit(
  tx: Pick<Transaction, "auditEntry">,
  { client, requestId, reason, data, ...entry }: AuditRecord,
): Promise<void> {
  const details = { ...data, ...(reason ? { reason: reason.slice(0, MAX_REASON_LENGTH) } : {}) };
  await tx.auditEntry.create({
    data: {
      ...entry,
      id: newId(),
      ip: client?.ip ?? null,
      userAgent: client?.userAgent ?? null,
      requestId: requestId ?? null,
      ...(Object.keys(details).length > 0 ? { data: details } : {}),
    },
    select: { id: true },
  });
}
