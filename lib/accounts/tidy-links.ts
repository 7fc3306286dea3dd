import { now } from "../core/clock";
import { db } from "../db";

/** A link that is over is kept for so long: the hourly limit counts them, and somebody may ask what was sent. */
const RETENTION_MS = 30 * 86_400_000;

/** Deletes links from mails that have been over for a month. Safe to repeat. @returns how many */
export async function tidyLinks(): Promise<number> {
  const { count } = await db().accountLink.deleteMany({
    where: { expiresAt: { lt: new Date(now() - RETENTION_MS) } },
  });
  return count;
}
