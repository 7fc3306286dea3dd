import { clearOwner } from "../db";

/** Anonymizes one batch of a user's events: totals stay unchanged. @returns how many; 0 when none is left */
export function anonymiseEventBatch(userId: string): Promise<number> {
  return clearOwner({ table: "AnalyticsEvent", column: "userId" }, userId);
}
