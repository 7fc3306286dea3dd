import { retentionCutoff } from "../core/retention";
import { deleteExpired } from "../db";

/**
 * Deletes mail links that expired a month ago: until then the hourly limit counts them and the export lists them. Safe
 * to repeat.
 * @returns how many
 */
export function tidyLinks(deadlineMs: number): Promise<number> {
  const before = retentionCutoff("mailLinks");
  return deleteExpired({ table: "AccountLink", id: "id", at: "expiresAt", before }, deadlineMs);
}
