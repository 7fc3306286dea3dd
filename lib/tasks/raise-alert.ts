import { newId } from "../core/ids";
import { log } from "../core/log";
import type { Transaction } from "../db";

export interface NewAlert {
  kind:
    | "task_dead"
    | "payment_mismatch"
    | "refund_failed"
    | "delivery_failed"
    | "minter_funds"
    | "minter_fee"
    | "minter_settings"
    | "minter_stuck";
  /** What the alert is about; one alert exists per kind and subject, however often it is raised. */
  subject: string;
  /** Description for operators; no personal data. */
  message: string;
}

/** Raises an alert in the transaction of the failed change; reopens a closed one. */
export async function raiseAlert(tx: Transaction, { kind, subject, message }: NewAlert): Promise<void> {
  log().error({ alert: kind, subject }, message);
  await tx.$executeRaw`
INSERT INTO "Alert" (id, kind, subject, message) VALUES (${newId()}::uuid, ${kind}, ${subject}, ${message})
ON CONFLICT (kind, subject) DO UPDATE SET message = excluded.message, "closedAt" = NULL`;
}
