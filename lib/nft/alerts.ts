import { env } from "../core/env";
import { db, type Transaction, transaction } from "../db";
import { closeAlerts, raiseAlert } from "../tasks";
import type { Chain } from "./chain";
import { canPay, isBaseFeeAbove } from "./transactions";

/** Alerts that close by themselves: every check of a mint closes those whose cause is gone. */

/** Raises the alert that blocks demand a higher fee than the configured limit. */
export async function raiseFeeAlert(tx: Transaction): Promise<void> {
  const message = `blocks demand more than MINT_MAX_FEE_GWEI, ${env().MINT_MAX_FEE_GWEI}: mints wait`;
  await raiseAlert(tx, { kind: "minter_fee", subject: "minting", message });
}

/** Raises the alert that the account that mints has too few coins. */
export async function raiseFundsAlert(tx: Transaction, { signer }: Chain): Promise<void> {
  const message = `the account that mints, ${signer.address}, has too few coins for the next transaction: mints wait`;
  await raiseAlert(tx, { kind: "minter_funds", subject: "minting", message });
}

/** More than the estimate of any mint with its margin. */
const ENOUGH_GAS = 300_000;

/** Closes the alerts about the fee and the coins whose cause is gone. */
export async function closeWaitAlerts(chain: Chain): Promise<void> {
  await closeIf("minter_fee", async () => !(await isBaseFeeAbove(chain)));
  await closeIf("minter_funds", () => canPay(chain, ENOUGH_GAS));
}

async function closeIf(kind: string, isOver: () => Promise<boolean>): Promise<void> {
  const open = { kind, subject: "minting" };
  if ((await db().alert.count({ where: { ...open, closedAt: null } })) === 0 || !(await isOver())) return;
  await transaction((tx) => closeAlerts(tx, open));
}
