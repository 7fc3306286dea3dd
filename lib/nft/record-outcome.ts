import { now } from "../core/clock";
import { log } from "../core/log";
import { afterCommit, type Prisma, type Transaction } from "../db";
import { closeAlerts } from "../tasks";
import type { NonceOutcome } from "./advance-nonce";
import { raiseFeeAlert, raiseFundsAlert } from "./alerts";
import { chain } from "./chain";
import type { MintOutcome } from "./find-outcome";
import { publishMintChanged } from "./mint-row";
import type { OpenNonce } from "./nonce-ledger";
import { deleteTokenFilesAfterCommit } from "./token-files";

/**
 * Why a mint must be looked at again: something is on its way; a block has it; coins or a lower fee are needed; others
 * come first.
 */
export type LookReason = "waiting" | "mined" | "funds" | "fee" | "behind";

/**
 * Records what a look at a mint found, in the caller's transaction. An outcome that another instance has overtaken
 * changes nothing: the row is locked, and a final one stays as it is.
 *
 * @returns why it must be looked at again; null when it is final
 */
export async function recordMintOutcome(
  tx: Transaction,
  mintId: string,
  found: MintOutcome,
): Promise<LookReason | null> {
  await tx.$executeRaw`SELECT 1 FROM "Mint" WHERE id = ${mintId}::uuid FOR UPDATE`;
  const mint = await tx.mint.findUniqueOrThrow({
    where: { id: mintId },
    select: { state: true, blockHash: true, confirmations: true, failure: true, createdAt: true },
  });
  if (mint.state === "confirmed" || mint.state === "failed") return null;
  afterCommit(tx, () => publishMintChanged(mintId));
  switch (found.kind) {
    case "nothing":
      return "waiting";
    case "failed":
      // Another look has given it a nonce meanwhile, so something may be on its way.
      if (await hasOpenNonce(tx, mintId)) return "waiting";
      await finish(tx, mintId, { state: "failed", failure: found.failure });
      return null;
    case "exists":
      await finish(tx, mintId, { state: "confirmed" });
      return null;
    case "postponed":
      // Its token exists, without a transaction that is known here.
      if (found.reason === "confirmations") return "waiting";
      if (now() - mint.createdAt.getTime() > MAX_WAIT_MS && (await endUnsent(tx, mintId))) return null;
      if (found.reason === "sound") return "waiting";
      await raiseWaitAlert(tx, found.reason);
      return found.reason;
    case "nonce":
      return recordNonceOutcome(tx, { ...mint, id: mintId }, found);
  }
}

/**
 * Ends a mint whose task nothing runs any more, so that its artist may try again. One that has a nonce is left to
 * keep-queue-moving.ts, and one that was ever signed to an operator: its token may exist.
 */
export async function abandonMint(tx: Transaction, mintId: string, taskId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM "Mint" WHERE id = ${mintId}::uuid FOR UPDATE`;
  const mint = await tx.mint.findUnique({ where: { id: mintId }, select: { state: true, taskId: true } });
  if (mint?.state !== "pending" || (mint.taskId ?? mintId) !== taskId) return;
  if (!(await endUnsent(tx, mintId))) return;
  afterCommit(tx, () => publishMintChanged(mintId));
}

/** Ends a locked mint, unless it has a nonce or was ever signed. @returns whether it ended */
async function endUnsent(tx: Transaction, mintId: string): Promise<boolean> {
  const begun = { OR: [{ state: "open" as const }, { transactions: { some: { isFiller: false } } }] };
  if ((await tx.chainNonce.count({ where: { mintId, ...begun } })) > 0) return false;
  await finish(tx, mintId, { state: "failed", failure: "abandoned" });
  return true;
}

/** A mint waits no longer than this for its first transaction. */
const MAX_WAIT_MS = 7 * 86_400_000;

async function hasOpenNonce(tx: Transaction, mintId: string): Promise<boolean> {
  return (await tx.chainNonce.count({ where: { mintId, state: "open" } })) > 0;
}

interface LockedMint {
  id: string;
  blockHash: string | null;
  confirmations: number;
  failure: string | null;
}

async function recordNonceOutcome(
  tx: Transaction,
  mint: LockedMint,
  { nonce, outcome, tokenExists }: Extract<MintOutcome, { kind: "nonce" }>,
): Promise<LookReason | null> {
  const { id } = mint;
  if (outcome.kind === "lost") {
    // The next look finds the token, or gives the mint another nonce.
    await settle(tx, nonce);
    await tx.mint.update({ where: { id }, data: { ...noBlock, state: "pending" }, select: { id: true } });
    return "waiting";
  }
  if (outcome.kind === "waiting") {
    if (mint.blockHash !== null)
      log().warn({ mintId: id }, "mint undone by a reorganisation: it is sent again");
    const { reason } = outcome;
    if (reason === "funds" || reason === "fee") await raiseWaitAlert(tx, reason);
    await tx.mint.update({ where: { id }, data: { ...noBlock, state: "sent" }, select: { id: true } });
    return reason === "funds" || reason === "fee" || reason === "behind" ? reason : "waiting";
  }
  const { hash, blockNumber, blockHash, confirmations, isFinal, succeeded, isFiller, feeWei } = outcome;
  const block = {
    ...{ blockNumber, blockHash },
    // A node may be behind another that answered before. In the same block a transaction only gains confirmations.
    confirmations: blockHash === mint.blockHash ? Math.max(mint.confirmations, confirmations) : confirmations,
    transactionHash: isFiller ? null : hash,
    feeWei: feeWei.toString(),
  };
  const isMinted = succeeded && !isFiller;
  if (!isFinal) {
    const state = isMinted ? "mined" : "sent";
    await tx.mint.update({ where: { id }, data: { ...block, state }, select: { id: true } });
    return "mined";
  }
  await settle(tx, nonce);
  await closeStuckAlert(tx);
  if (isMinted || tokenExists) await finish(tx, id, { ...block, state: "confirmed" });
  else await finish(tx, id, { ...block, state: "failed", failure: failureOf(outcome, mint) });
  return null;
}

const noBlock = { blockNumber: null, blockHash: null, confirmations: 0, transactionHash: null, feeWei: null };

function failureOf(
  { isFiller, ranOutOfGas }: Extract<NonceOutcome, { kind: "mined" }>,
  { failure }: LockedMint,
): string {
  if (isFiller) return failure ?? "abandoned";
  return ranOutOfGas ? "out_of_gas" : "reverted";
}

async function finish(
  tx: Transaction,
  id: string,
  data: Prisma.MintUpdateInput & { state: "confirmed" | "failed" },
): Promise<void> {
  await tx.mint.update({
    where: { id },
    data: { ...(data.state === "confirmed" ? { failure: null } : {}), ...data, finishedAt: new Date() },
    select: { id: true },
  });
  if (data.state === "failed") deleteTokenFilesAfterCommit(tx, id);
}

/** The nonce is used up for good. */
export async function settle(
  tx: Transaction,
  { chainId, account, nonce }: Pick<OpenNonce, "chainId" | "account" | "nonce">,
): Promise<void> {
  await tx.chainNonce.update({
    where: { chainId_account_nonce: { chainId, account, nonce } },
    data: { state: "settled", doubtedAt: null },
    select: { nonce: true },
  });
}

async function raiseWaitAlert(tx: Transaction, reason: "funds" | "fee"): Promise<void> {
  if (reason === "fee") return raiseFeeAlert(tx);
  await raiseFundsAlert(tx, chain());
}

/** A nonce was used up, so the queue moves. */
async function closeStuckAlert(tx: Transaction): Promise<void> {
  await closeAlerts(tx, { kind: "minter_stuck", subject: "minting" });
}
