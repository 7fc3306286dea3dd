import { BlockNotFoundError, type Hex, type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import { env } from "../core/env";
import { failpoint } from "../core/failpoint";
import { type Chain, finalStateBlock } from "./chain";
import type { Nonce } from "./nonce-ledger";
import type { StoredTransaction } from "./transactions";

/** Reads which transactions are in blocks. A node may answer for another block, transaction or chain than the one asked for: see each check. */

/** The transaction of a nonce that a block has. */
export interface MinedTransaction {
  hash: Hex;
  isFiller: boolean;
  succeeded: boolean;
  ranOutOfGas: boolean;
  blockNumber: number;
  blockHash: Hex;
  confirmations: number;
  isFinal: boolean;
  feeWei: bigint;
}

/** The number of the account's transactions in blocks, which is the next nonce that the chain accepts. */
export function countMined({ client, signer }: Chain): Promise<number> {
  return client.getTransactionCount({ address: signer.address, blockTag: "latest" });
}

/**
 * The number of the account's transactions in final blocks; the lower of two answers, because one that is too high would
 * leave a gap of nonces, each of which would cost a filler. Foreign transactions in newer blocks are found later.
 */
export async function countFinal(chain: Chain): Promise<number> {
  const blockNumber = await finalStateBlock(chain);
  if (blockNumber === null) return 0;
  const { client, signer } = chain;
  const final = await client.getTransactionCount({ address: signer.address, blockNumber });
  return Math.min(final, await countMined(chain));
}

/** Whether the nonce is used up in a block that is final, or as old as nodes keep state. */
export async function isUsedForGood(chain: Chain, { nonce }: Nonce): Promise<boolean> {
  const blockNumber = await finalStateBlock(chain);
  if (blockNumber === null) return false;
  const { client, signer } = chain;
  return (await client.getTransactionCount({ address: signer.address, blockNumber })) > nonce;
}

/** Finds which of a nonce's transactions is in a block; null when none is. */
export async function findMined(
  chain: Chain,
  transactions: readonly StoredTransaction[],
): Promise<MinedTransaction | null> {
  for (const { hash, isFiller, gas } of transactions) {
    const receipt = await findReceipt(chain, hash);
    if (!receipt) continue;
    await failpoint("nft.outcome.found");
    const succeeded = receipt.status === "success";
    const blockNumber = Number(receipt.blockNumber);
    return {
      ...{ hash, isFiller, succeeded, blockNumber, blockHash: receipt.blockHash },
      ...(await countConfirmations(chain, blockNumber)),
      ranOutOfGas: !succeeded && Number(receipt.gasUsed) >= gas,
      feeWei: feeOf(receipt),
    };
  }
  return null;
}

/**
 * The receipt of a transaction whose block is in the chain now; null without one. A receipt alone is not trusted: a node
 * behind a load balancer may still have one of a block that is gone.
 */
async function findReceipt({ client }: Chain, hash: Hex): Promise<TransactionReceipt | null> {
  let receipt: TransactionReceipt;
  try {
    receipt = await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  }
  if (receipt.transactionHash.toLowerCase() !== hash)
    throw new Error("the node answered with another receipt");
  const block = await client.getBlock({ blockNumber: receipt.blockNumber });
  return block.hash === receipt.blockHash ? receipt : null;
}

/** A node's highest block number is trusted only if the block that makes the transaction final exists. */
async function countConfirmations(
  { client }: Chain,
  blockNumber: number,
): Promise<Pick<MinedTransaction, "confirmations" | "isFinal">> {
  const needed = env().MINT_CONFIRMATIONS;
  const head = Number(await client.getBlockNumber());
  const confirmations = Math.max(1, head - blockNumber + 1);
  if (confirmations < needed) return { confirmations, isFinal: false };
  try {
    await client.getBlock({ blockNumber: BigInt(blockNumber + needed - 1) });
    return { confirmations, isFinal: true };
  } catch (error) {
    if (!(error instanceof BlockNotFoundError)) throw error;
    return { confirmations: Math.min(confirmations, Math.max(1, needed - 1)), isFinal: false };
  }
}

const QUANTITY = /^0x[0-9a-f]+$/i;

/** What a transaction cost. Rollups of the OP stack charge for its data on Ethereum on top of its gas. */
function feeOf(receipt: TransactionReceipt & { l1Fee?: unknown }): bigint {
  const { gasUsed, effectiveGasPrice, l1Fee } = receipt;
  const dataFee = typeof l1Fee === "string" && QUANTITY.test(l1Fee) ? BigInt(l1Fee) : 0n;
  return gasUsed * effectiveGasPrice + dataFee;
}
