import { log } from "../core/log";
import { db, transaction } from "../db";
import { raiseAlert } from "../tasks";

const subject = { kind: "minter_settings", subject: "minting" } as const;

export async function raiseSettingsAlert(message: string): Promise<void> {
  await transaction((tx) => raiseAlert(tx, { ...subject, message }));
}

/** The settings have proved to be right. Never rejects: minting goes on without. */
export async function closeSettingsAlert(): Promise<void> {
  try {
    await db().alert.updateMany({ where: { ...subject, closedAt: null }, data: { closedAt: new Date() } });
  } catch (error) {
    log().warn({ err: error }, "the alert about minting's settings is not closed");
  }
}
