import { newId } from "../core/ids";
import { log } from "../core/log";
import type { Transaction } from "../db";

export interface NewAlert {
  kind: "task_dead" | "payment_mismatch" | "refund_failed" | "delivery_failed";
  /** What it is about; with `kind` it is one alert, however often it is raised. */
  subject: string;
  /** What is wrong, for an operator; no one's data. */
  message: string;
}

/** Raises an alert in the transaction of what went wrong; one that was closed is open again. */
export async function raiseAlert(tx: Transaction, { kind, subject, message }: NewAlert): Promise<void> {
  log().error({ alert: kind, subject }, message);
  await tx.$executeRaw`
INSERT INTO "Alert" (id, kind, subject, message) VALUES (${newId()}::uuid, ${kind}, ${subject}, ${message})
ON CONFLICT (kind, subject) DO UPDATE SET message = excluded.message, "closedAt" = NULL`;
}
