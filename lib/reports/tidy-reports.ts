import { retentionCutoff } from "../core/retention";
import { deleteExpired } from "../db";

/** Deletes reports that were closed long ago, with the words that they keep; the audit log says who closed them. Safe to repeat. @returns how many */
export function tidyReports(deadlineMs: number): Promise<number> {
  const before = retentionCutoff("closedReports");
  return deleteExpired({ table: "Report", id: "id", at: "closedAt", before }, deadlineMs);
}
