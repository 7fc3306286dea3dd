import { now } from "../core/clock";
import { db } from "../db";

/** Expired links are kept for that long: the hourly limit counts them, and the export lists them. */
const RETENTION_MS = 30 * 86_400_000;

/** Deletes mail links that expired a month ago. Safe to repeat. @returns how many */
export async function tidyLinks(): Promise<number> {
  const { count } = await db().accountLink.deleteMany({
    where: { expiresAt: { lt: new Date(now() - RETENTION_MS) } },
  });
  return count;
}
