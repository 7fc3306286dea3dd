import { retentionCutoff } from "../core/retention";
import { deleteExpired } from "../db";

/** Deletes events that are older than any report. Safe to repeat. @returns how many */
export function tidyEvents(deadlineMs: number): Promise<number> {
  const before = retentionCutoff("analyticsEvents");
  return deleteExpired({ table: "AnalyticsEvent", id: "id", at: "at", before }, deadlineMs);
}
