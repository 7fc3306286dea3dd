import { retentionCutoff } from "../core/retention";
import { deleteExpired } from "../db";

/** Deletes alerts that were closed half a year ago; the audit log says who closed them. Safe to repeat. @returns how many */
export function tidyAlerts(deadlineMs: number): Promise<number> {
  const before = retentionCutoff("closedAlerts");
  return deleteExpired({ table: "Alert", id: "id", at: "closedAt", before }, deadlineMs);
}
