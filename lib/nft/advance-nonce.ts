import { now } from "../core/clock";
import { env } from "../core/env";
import { log } from "../core/log";
import { transaction } from "../db";
import { raiseAlert } from "../tasks";
import type { Chain } from "./chain";
import { countMined, findMined, isUsedForGood, type MinedTransaction } from "./find-mined";
import { clearDoubt, confirmDoubt, giveUp, markChecked, type OpenNonce } from "./nonce-ledger";
import {
  currentFees,
  estimateFiller,
  estimateMint,
  isBaseFeeAbove,
  listTransactions,
  type MintCall,
  MintRevertedError,
  replacementFees,
  type SendOutcome,
  type StoredTransaction,
  send,
  signAndStore,
} from "./transactions";

/** What the chain says about a nonce. */
export type NonceOutcome =
  /**
   * No block has any of its transactions; one is on its way, or waits for coins (`funds`), for a lower base
   * fee (`fee`) or for others (`behind`).
   */
  | { kind: "waiting"; reason: SendOutcome | "queued" | "behind" | "fee" }
  | ({ kind: "mined" } & MinedTransaction)
  /** Used up for good by a transaction that is none of ours, as two looks found. */
  | { kind: "lost" };

/** For good: nothing of the nonce is left to do. */
export function isUsedUp(outcome: NonceOutcome): boolean {
  return outcome.kind === "lost" || (outcome.kind === "mined" && outcome.isFinal);
}

/**
 * Looks after one nonce: asks the chain for each of its transactions, and when no block has one, sees that one is on its
 * way, with a higher fee if it has waited too long. The chain is asked before anything is sent, so it does not matter
 * what became of an earlier call. Safe to run concurrently and to stop anywhere: all transactions of a nonce exclude
 * each other on the chain.
 *
 * @param call  what the mint's transaction calls; null: the nonce is used up by a filler
 * @throws errors of viem when the node does not answer
 */
export async function advanceNonce(
  chain: Chain,
  nonce: OpenNonce,
  call: MintCall | null,
): Promise<NonceOutcome> {
  await markChecked(nonce);
  const transactions = await listTransactions(nonce);
  const mined = await findMined(chain, transactions);
  if (mined) return { kind: "mined", ...mined };
  if (await isUsedForGood(chain, nonce)) {
    // The receipt may have come between the two questions.
    const late = await findMined(chain, transactions);
    if (late) return { kind: "mined", ...late };
    return (await confirmDoubt(nonce)) ? { kind: "lost" } : { kind: "waiting", reason: "queued" };
  }
  if (nonce.doubtedAt !== null) await clearDoubt(nonce);
  const isFiller = nonce.isFiller || call === null;
  try {
    const chosen = await chooseTransaction(chain, nonce, transactions, isFiller ? null : call);
    if (chosen === null) return { kind: "waiting", reason: "queued" };
    const reason = await sendOrReplace(chain, nonce, chosen.transaction, isFiller ? null : call);
    if (reason === "taken" && chosen.isBehind) return { kind: "waiting", reason: "behind" };
    const isTooLow = reason === "taken" || reason === "underpriced";
    if (isTooLow && (await isBaseFeeAbove(chain, chosen.transaction.maxFee)))
      return { kind: "waiting", reason: "fee" };
    return { kind: "waiting", reason };
  } catch (error) {
    if (!(error instanceof MintRevertedError)) throw error;
    // Another look has signed meanwhile: its transaction must not be replaced by a filler.
    if ((await listTransactions(nonce)).length > 0) return { kind: "waiting", reason: "queued" };
    // It would pay for nothing, but those behind it need the nonce to be used. This holds for a token that exists too:
    // without a transaction of this nonce it came under another one.
    log().error(
      { err: error, nonce: nonce.nonce, mintId: nonce.mintId },
      "mint given up: the contract refuses it",
    );
    await giveUp(nonce, "reverted");
    return advanceNonce(chain, { ...nonce, isFiller: true }, null);
  }
}

/**
 * The transaction to send: the newest, a first one, or one that replaces a stuck one; and whether others of the account
 * come first.
 */
async function chooseTransaction(
  chain: Chain,
  nonce: OpenNonce,
  transactions: readonly StoredTransaction[],
  call: MintCall | null,
): Promise<{ transaction: StoredTransaction; isBehind: boolean } | null> {
  const [newest] = transactions;
  if (!newest) return nextUp(await signFirst(chain, nonce, call));
  // Sent before the mint was given up: only a transaction with a higher fee takes its place.
  if (call === null && !newest.isFiller) return nextUp(await replace(chain, nonce, transactions, call));
  if (nonce.nonce > (await countMined(chain))) return { transaction: newest, isBehind: true };
  const waitedMs = now() - newest.createdAt.getTime();
  if (waitedMs < env().MINT_STUCK_SECONDS * 1_000) return nextUp(newest);
  return nextUp(await replace(chain, nonce, transactions, call));
}

function nextUp(transaction: StoredTransaction | null) {
  return transaction && { transaction, isBehind: false };
}

async function signFirst(chain: Chain, nonce: OpenNonce, call: MintCall | null): Promise<StoredTransaction> {
  const gas = call ? await estimateMint(chain, call) : await estimateFiller(chain);
  return signAndStore(chain, nonce, { call, gas, fees: await currentFees(chain) });
}

/**
 * Signs a replacement; the newest stays when the fee's limit leaves no room.
 * @param outbid  those that a node may have; by default the ones that a node took
 */
async function replace(
  chain: Chain,
  nonce: OpenNonce,
  transactions: readonly StoredTransaction[],
  call: MintCall | null,
  outbid = transactions.filter(({ sentAt }) => sentAt !== null),
): Promise<StoredTransaction | null> {
  const [newest] = transactions;
  const fees = await replacementFees(chain, outbid);
  if (!fees) {
    // A base fee above the limit has an alert of its own, which closes itself.
    if (!(await isBaseFeeAbove(chain)))
      await alertStuck(nonce, "has a fee that MINT_MAX_FEE_GWEI does not let replace");
    return newest ?? null;
  }
  const gas = call ? (newest?.gas ?? (await estimateMint(chain, call))) : await estimateFiller(chain);
  log().info({ nonce: nonce.nonce, replaces: newest?.hash }, "transaction replaced by one with a higher fee");
  return signAndStore(chain, nonce, { call, gas, fees });
}

/**
 * A fee that is too low for the node is raised at once. A transaction that no node takes gives way to a filler, and a
 * filler to one whose gas is estimated again.
 */
async function sendOrReplace(
  chain: Chain,
  nonce: OpenNonce,
  transaction: StoredTransaction,
  call: MintCall | null,
): Promise<SendOutcome> {
  const outcome = await send(chain, transaction);
  if (outcome === "underpriced") {
    const all = await listTransactions(nonce);
    const replacement = await replace(chain, nonce, all, call, all);
    return replacement && replacement.hash !== transaction.hash ? send(chain, replacement) : outcome;
  }
  if (outcome !== "refused") return outcome;
  if (call !== null) await giveUp(nonce, "refused");
  const filler = await replace(chain, { ...nonce, isFiller: true }, await listTransactions(nonce), null);
  const sent = filler && filler.hash !== transaction.hash ? await send(chain, filler) : outcome;
  if (sent === "refused") await alertStuck(nonce, "has a filler that no node takes");
  return sent;
}

/** Nothing uses the nonce up, and all mints behind it wait. */
async function alertStuck({ nonce, account }: OpenNonce, reason: string): Promise<void> {
  const message = `nonce ${nonce} of ${account} ${reason}: mints wait`;
  await transaction((tx) => raiseAlert(tx, { kind: "minter_stuck", subject: "minting", message }));
}
