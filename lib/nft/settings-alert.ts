import { log } from "../core/log";
import { transaction } from "../db";
import { closeAlerts, raiseAlert } from "../tasks";

export async function raiseSettingsAlert(message: string): Promise<void> {
  await transaction((tx) => raiseAlert(tx, { kind: "minter_settings", subject: "minting", message }));
}

/** The settings have proved to be right. Never rejects: minting goes on without. */
export async function closeSettingsAlert(): Promise<void> {
  try {
    await transaction((tx) => closeAlerts(tx, { kind: "minter_settings", subject: "minting" }));
  } catch (error) {
    log().warn({ err: error }, "the alert about minting's settings is not closed");
  }
}
