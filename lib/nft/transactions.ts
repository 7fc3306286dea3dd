import { type Address, encodeFunctionData, type Hex, keccak256, parseGwei } from "viem";
import { env } from "../core/env";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { db, transaction } from "../db";
import { abi } from "./abi";
import { type Chain, dropVerification, isRetired, MinterSettingsError, revertName } from "./chain";
import type { Nonce } from "./nonce-ledger";
import { toTokenId } from "./token-id";

/** Signing, storing and sending. A transaction is in Postgres before any node has it. */

/** What a mint's transaction calls. */
export interface MintCall {
  mintId: string;
  owner: Address;
  metadataUrl: string;
}

export interface StoredTransaction {
  hash: Hex;
  raw: Hex;
  isFiller: boolean;
  gas: number;
  maxFee: bigint;
  maxPriorityFee: bigint;
  createdAt: Date;
  sentAt: Date | null;
}

export interface Fees {
  maxFee: bigint;
  maxPriorityFee: bigint;
}

/** Gas of a transfer on Ethereum, which is what a filler is; other networks want more. */
const TRANSFER_GAS = 21_000;
/** Added to the estimate, in percent: storage may have changed by the time of the block. */
const GAS_MARGIN_PERCENT = 20n;
/** Nodes take a replacement with 10 percent more; some want 12.5. */
const MIN_REPLACEMENT_PERMILLE = 125n;
const REPLACEMENT_PERMILLE = 250n;

/** The transactions of a nonce, newest first. */
export async function listTransactions(nonce: Nonce): Promise<StoredTransaction[]> {
  const { chainId, account } = nonce;
  const rows = await db().chainTransaction.findMany({
    where: { chainId, account, nonce: nonce.nonce },
    orderBy: [{ createdAt: "desc" }, { maxFee: "desc" }],
  });
  return rows.map(({ hash, raw, isFiller, gas, maxFee, maxPriorityFee, createdAt, sentAt }) => ({
    ...{ isFiller, gas, createdAt, sentAt },
    hash: hash as Hex,
    raw: raw as Hex,
    maxFee: BigInt(maxFee.toFixed()),
    maxPriorityFee: BigInt(maxPriorityFee.toFixed()),
  }));
}

/** The contract refuses the call, which would cost gas for nothing. */
export class MintRevertedError extends Error {
  constructor(readonly errorName: string) {
    super(`the contract refuses the mint: ${errorName}`);
    this.name = "MintRevertedError";
  }

  /** The token exists: another look has sent the mint, which is not refused but done. */
  get isMinted(): boolean {
    return this.errorName === "ERC721InvalidSender";
  }
}

/**
 * Gas for a mint, with a margin.
 * @throws {MintRevertedError}; {MinterSettingsError} when the account has lost its role, which for a retired contract is a
 *         refusal as any other; other errors when the node does not answer
 */
export async function estimateMint(chain: Chain, call: MintCall): Promise<number> {
  try {
    const gas = await chain.client.estimateContractGas({
      abi,
      address: chain.contract,
      functionName: "mint",
      args: mintArguments(call),
      account: chain.signer.address,
      // Some nodes would add what waits in their pool, perhaps the same mint of another look.
      blockTag: "latest",
    });
    return Number(gas + (gas * GAS_MARGIN_PERCENT) / 100n);
  } catch (error) {
    const name = revertName(error);
    if (name === "AccessControlUnauthorizedAccount" && !isRetired(chain)) {
      dropVerification();
      throw new MinterSettingsError(`${chain.signer.address} has lost the minter role of ${chain.contract}`);
    }
    if (name !== undefined) throw new MintRevertedError(name);
    throw error;
  }
}

/** Gas for a filler, with a margin: a network may add the cost of its own to each transaction, as Arbitrum does. */
export async function estimateFiller({ client, signer }: Chain): Promise<number> {
  const { address } = signer;
  try {
    const gas = await client.estimateGas({ account: address, to: address, value: 0n, blockTag: "latest" });
    return Number(gas + (gas * GAS_MARGIN_PERCENT) / 100n);
  } catch (error) {
    log().warn({ err: error }, "gas of a filler not estimated: it gets that of a transfer");
    return TRANSFER_GAS;
  }
}

function mintArguments({ mintId, owner, metadataUrl }: MintCall) {
  const royalty = BigInt(env().MINT_ROYALTY_BASIS_POINTS);
  return [owner, toTokenId(mintId), metadataUrl, owner, royalty] as const;
}

/** What a transaction of now would offer, below the configured limit. */
export async function currentFees({ client }: Chain): Promise<Fees> {
  const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas();
  return capFees({ maxFee: maxFeePerGas, maxPriorityFee: maxPriorityFeePerGas }, feeLimit());
}

/** Whether the account has the coins for this much gas, at the fee of now. */
export async function canPay(chain: Chain, gas: number): Promise<boolean> {
  const { maxFee } = await currentFees(chain);
  const balance = await chain.client.getBalance({ address: chain.signer.address });
  return balance >= BigInt(gas) * maxFee;
}

/** Whether blocks demand more now than the configured limit, and than this fee. */
export async function isBaseFeeAbove({ client }: Chain, maxFee = 0n): Promise<boolean> {
  const { baseFeePerGas } = await client.getBlock({ blockTag: "latest" });
  return baseFeePerGas !== null && baseFeePerGas > maxFee && baseFeePerGas > feeLimit();
}

function feeLimit(): bigint {
  return parseGwei(String(env().MINT_MAX_FEE_GWEI));
}

function capFees({ maxFee, maxPriorityFee }: Fees, limit: bigint): Fees {
  const capped = maxFee < limit ? maxFee : limit;
  return { maxFee: capped, maxPriorityFee: maxPriorityFee < capped ? maxPriorityFee : capped };
}

/**
 * Fees of a transaction that replaces these: higher than all of them, and at least what is usual now.
 * @returns null when the configured limit leaves no room
 */
export async function replacementFees(
  chain: Chain,
  replaced: readonly StoredTransaction[],
): Promise<Fees | null> {
  return outbid(await currentFees(chain), replaced, feeLimit());
}

/** As {@link replacementFees}: 25 percent more, or the limit when that is enough for nodes to take it. */
export function outbid(current: Fees, replaced: readonly Fees[], limit: bigint): Fees | null {
  const raise = (key: keyof Fees, percent: bigint) =>
    replaced.map((fees) => fees[key] + (fees[key] * percent) / 1_000n + 1n);
  if (raise("maxFee", MIN_REPLACEMENT_PERMILLE).some((fee) => fee > limit)) return null;
  const raised = (key: keyof Fees) =>
    raise(key, REPLACEMENT_PERMILLE).reduce((highest, fee) => {
      if (fee > highest) return fee;
      return highest;
    }, current[key]);
  return capFees({ maxFee: raised("maxFee"), maxPriorityFee: raised("maxPriorityFee") }, limit);
}

/**
 * Signs a transaction for a nonce and stores it. After a crash it is sent by the next look. Two that run at once may
 * store one each: the chain takes one of them.
 *
 * @param call  null: a filler, which sends nothing to the account itself
 * @throws the nonce was given up meanwhile, and only a filler may use it up
 */
export async function signAndStore(
  chain: Chain,
  nonce: Nonce,
  { call, gas, fees }: { call: MintCall | null; gas: number; fees: Fees },
): Promise<StoredTransaction> {
  const { signer, contract, id: chainId } = chain;
  const target = call
    ? { to: contract, data: encodeFunctionData({ abi, functionName: "mint", args: mintArguments(call) }) }
    : { to: signer.address };
  const raw = await signer.sign({
    ...target,
    type: "eip1559",
    chainId,
    nonce: nonce.nonce,
    gas: BigInt(gas),
    maxFeePerGas: fees.maxFee,
    maxPriorityFeePerGas: fees.maxPriorityFee,
    value: 0n,
  });
  const stored = { hash: keccak256(raw), raw, isFiller: call === null, gas };
  const of = { chainId, account: nonce.account, nonce: nonce.nonce };
  const { createdAt } = await transaction(async (tx) => {
    await tx.$executeRaw`
SELECT 1 FROM "ChainNonce" WHERE "chainId" = ${of.chainId} AND account = ${of.account} AND nonce = ${of.nonce} FOR SHARE`;
    if (call && (await tx.chainNonce.count({ where: { ...of, isFiller: true } })) > 0)
      throw new Error("the nonce was given up meanwhile: its mint is not signed");
    return tx.chainTransaction.upsert({
      where: { hash: stored.hash },
      create: {
        ...{ ...stored, ...of },
        maxFee: fees.maxFee.toString(),
        maxPriorityFee: fees.maxPriorityFee.toString(),
      },
      // The same bytes, signed by an attempt before.
      update: {},
      select: { createdAt: true },
    });
  });
  await failpoint("nft.transaction.signed");
  return { ...stored, ...fees, createdAt, sentAt: null };
}

/**
 * - `taken`: the node has it, now or since before
 * - `used`: the nonce is used up on the chain: ask which transaction it was
 * - `underpriced`: the fee is too low to be taken, or to replace another
 * - `funds`: the account cannot pay
 * - `refused`: no node will ever take it
 * - `unknown`: no answer, or none that is understood; it may have been taken
 */
export type SendOutcome = "taken" | "used" | "underpriced" | "funds" | "refused" | "unknown";

/** Nodes answer with texts, not with codes; those of Nethermind have no spaces. The first match counts. */
const REFUSALS: readonly [RegExp, SendOutcome][] = [
  [/already ?known|already imported|known transaction|already exists/i, "taken"],
  [/nonce ?too ?low|nonce is too low|nonce has already been used|old ?nonce/i, "used"],
  [
    /insufficient ?funds|insufficient balance|doesn't have enough funds|upfront cost exceeds account balance/i,
    "funds",
  ],
  [
    /underpriced|fee ?too ?low|less than block base fee|below base fee|gas price too low|tip .*low/i,
    "underpriced",
  ],
  [/replacement ?not ?allowed|gas price below configured minimum/i, "underpriced"],
  [
    /exceeds block gas limit|intrinsic gas|gas limit too high|oversized|invalid sender|invalid chain/i,
    "refused",
  ],
];

/** Sends a stored transaction. Safe to repeat: its bytes are the same, so it is the same transaction. */
export async function send({ client }: Chain, { hash, raw }: StoredTransaction): Promise<SendOutcome> {
  let outcome: SendOutcome;
  try {
    await client.request({ method: "eth_sendRawTransaction", params: [raw] });
    outcome = "taken";
  } catch (error) {
    outcome = classifyRefusal(error);
    if (outcome !== "taken") log().warn({ err: error, hash, outcome }, "transaction not taken by the node");
  }
  await failpoint("nft.transaction.sent");
  if (outcome === "taken") {
    await db().chainTransaction.updateMany({ where: { hash }, data: { sentAt: new Date() } });
  }
  return outcome;
}

export function classifyRefusal(error: unknown): SendOutcome {
  const text =
    error instanceof Error ? `${(error as { details?: string }).details ?? ""} ${error.message}` : "";
  return REFUSALS.find(([pattern]) => pattern.test(text))?.[1] ?? "unknown";
}
