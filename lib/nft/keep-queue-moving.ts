import { log } from "../core/log";
import { db, transaction } from "../db";
import { advanceNonce, isUsedUp } from "./advance-nonce";
import { closeWaitAlerts } from "./alerts";
import { type Chain, withContract } from "./chain";
import { countMined } from "./find-mined";
import { advanceOwn, type MintRow, requireChain, withSettingsAlert } from "./find-outcome";
import { claimStalledNonces, fillGaps, giveUp, type OpenNonce, reopenUnused } from "./nonce-ledger";
import { abandonMint, recordMintOutcome, settle } from "./record-outcome";
import { listTransactions } from "./transactions";

/**
 * Looks after the nonces that the chain waits for and that are left alone, because their task is dead or late:
 * all mints behind them wait too. Best effort, by every look at any mint.
 */
export async function keepQueueMoving(): Promise<void> {
  try {
    const chain = await requireChain();
    const minedCount = await countMined(chain);
    await reopenUnused(chain, minedCount);
    await fillGaps(chain, minedCount);
    await closeWaitAlerts(chain);
    for (const nonce of await claimStalledNonces(chain, minedCount)) await advanceStalled(chain, nonce);
  } catch (error) {
    log().warn({ err: error }, "stalled nonces not looked after");
  }
}

async function advanceStalled(chain: Chain, nonce: OpenNonce): Promise<void> {
  const mint = nonce.mintId === null ? null : await db().mint.findUnique({ where: { id: nonce.mintId } });
  if (mint !== null) return advanceStalledMint(withContract(chain, mint.contract), mint, nonce);
  const outcome = await withSettingsAlert(() => advanceNonce(chain, nonce, null));
  if (isUsedUp(outcome)) await transaction((tx) => settle(tx, nonce));
}

async function advanceStalledMint(
  chain: Chain,
  mint: MintRow & { taskId: string | null },
  nonce: OpenNonce,
): Promise<void> {
  if (mint.state === "confirmed" || mint.state === "failed") {
    // Nothing of it is left to record: its nonce was opened again, or its token exists under another one.
    const { outcome } = await withSettingsAlert(() => advanceOwn(chain, mint, nonce));
    if (isUsedUp(outcome)) await transaction((tx) => settle(tx, nonce));
    return;
  }
  const isAbandoned = await hasNoTask(mint);
  let current = nonce;
  // One that is signed is as good as a filler: it goes on.
  if (isAbandoned && !nonce.isFiller && (await listTransactions(nonce)).length === 0) {
    await giveUp(nonce, "abandoned");
    current = { ...nonce, isFiller: true };
  }
  const found = await withSettingsAlert(() => advanceOwn(chain, mint, current));
  if (!isAbandoned) return;
  await transaction(async (tx) => {
    await recordMintOutcome(tx, mint.id, found);
    if (found.outcome.kind !== "lost") return;
    // No look will come that finds the token, or gives the mint another nonce.
    if (found.tokenExists) await recordMintOutcome(tx, mint.id, { kind: "exists" });
    else await abandonMint(tx, mint.id, mint.taskId ?? mint.id);
  });
}

/** Whether no task will look at a mint again: an operator has to replay it, or it was lost. */
async function hasNoTask({ id, taskId }: { id: string; taskId: string | null }): Promise<boolean> {
  const task = await db().task.findUnique({ where: { id: taskId ?? id }, select: { state: true } });
  return task === null || task.state === "dead" || task.state === "cancelled";
}
