import type { ClientInfo } from "../core/http";
import { newId } from "../core/ids";
import type { Transaction } from "../db";
import type { AuditAction, AuditSubject } from "./actions";

export interface AuditRecord {
  action: AuditAction;
  /** Who did it; null for nobody signed in and for the app itself. */
  actorId: string | null;
  /** What it was done to, `user:{id}`. */
  subject: AuditSubject;
  /** From where; left out where no request asked for it. */
  client?: Pick<ClientInfo, "ip" | "userAgent">;
  /** Of the request, so that the log's lines are found. */
  requestId?: string;
  /** What else belongs to it: ids, numbers and words of ours. Never a secret, a token, a name or an address. */
  data?: Readonly<Record<string, string | number | boolean | null>>;
}

/** What a request says of itself; a route's context has it. */
export type AuditContext = Pick<AuditRecord, "client" | "requestId">;

/**
 * Writes down that something sensitive was done. In the transaction of what was done, so that there is neither
 * one without the other; with `db()` where nothing else is written. Rows are only ever added.
 *
 * @param tx  the transaction of what was done
 */
export async function recordAudit(
  tx: Pick<Transaction, "auditEntry">,
  { client, requestId, data, ...entry }: AuditRecord,
): Promise<void> {
  await tx.auditEntry.create({
    data: {
      ...entry,
      id: newId(),
      ip: client?.ip ?? null,
      userAgent: client?.userAgent ?? null,
      requestId: requestId ?? null,
      ...(data ? { data: { ...data } } : {}),
    },
    select: { id: true },
  });
}
