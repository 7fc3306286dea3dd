import { db } from "../db";

/** Alerts that no administrator has closed. One statement, by an index. */
export async function countOpenAlerts(): Promise<number> {
  return db().alert.count({ where: { closedAt: null } });
}
