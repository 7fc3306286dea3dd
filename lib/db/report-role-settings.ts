import { Prisma } from "../../prisma/generated/client";
import { log } from "../core/log";
import { db } from "./client";
import { findWrongSettings, READ_SETTINGS_SQL, settingRowsSchema } from "./role-settings";

/**
 * Logs which settings the app's connections lack, once at the start. The app works without them, but a statement may
 * then outlive its request. Never throws: Postgres may be down.
 */
export async function reportRoleSettings(): Promise<void> {
  try {
    const rows = settingRowsSchema.parse(await db().$queryRaw(Prisma.raw(READ_SETTINGS_SQL)));
    const settings = findWrongSettings(rows);
    if (settings.length > 0)
      log().error({ settings }, "Postgres role is not prepared: run npm run db:prepare");
  } catch (error) {
    log().warn({ err: error }, "settings of the Postgres role not checked");
  }
}
