import { env } from "../core/env";
import { db, type Transaction } from "../db";
import { raiseAlert } from "../tasks";
import type { Chain } from "./chain";
import { isBaseFeeAbove } from "./transactions";

/** Blocks demand a higher fee than the configured limit. */
export async function raiseFeeAlert(tx: Transaction): Promise<void> {
  const message = `blocks demand more than MINT_MAX_FEE_GWEI, ${env().MINT_MAX_FEE_GWEI}: mints wait`;
  await raiseAlert(tx, { kind: "minter_fee", subject: "minting", message });
}

/** Closes the alert once the fee has fallen. Every look at a mint does, and a mint that waits is looked at. */
export async function closeFeeAlert(chain: Chain): Promise<void> {
  const open = { kind: "minter_fee", subject: "minting", closedAt: null };
  if ((await db().alert.count({ where: open })) === 0 || (await isBaseFeeAbove(chain))) return;
  await db().alert.updateMany({ where: open, data: { closedAt: new Date() } });
}
