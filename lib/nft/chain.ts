import {
  type Address,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  createPublicClient,
  getAddress,
  type Hex,
  type PublicClient,
  RpcRequestError,
  zeroAddress,
} from "viem";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { getMintingSettings, type MintingSettings } from "../core/minting-settings";
import { abi } from "./abi";
import { nodeTransport } from "./node-transport";
import { closeSettingsAlert } from "./settings-alert";
import { localSigner, type MinterSigner } from "./signer";

/** The network, the contract on it, and the account that mints. */
export interface Chain {
  readonly id: number;
  readonly contract: Address;
  readonly client: PublicClient;
  readonly signer: MinterSigner;
}

/** The environment names a network, a contract or an account that do not fit each other. The message is for operators. */
export class MinterSettingsError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "MinterSettingsError";
  }
}

let cached: { from: string; chain: Chain; verified?: Promise<void> } | undefined;

/** Without a call. @throws {AppError} not_available when this deployment is not set up for minting */
export function chain(): Chain {
  const settings = getMintingSettings();
  if (!settings) throw new AppError("not_available", { message: "minting_not_available" });
  const from = JSON.stringify([settings, env().CHAIN_TIMEOUT_MS]);
  if (cached?.from !== from) cached = { from, chain: createChain(settings) };
  return cached.chain;
}

function createChain({ rpcUrl, chainId, contract, privateKey }: MintingSettings): Chain {
  const transport = nodeTransport(rpcUrl, env().CHAIN_TIMEOUT_MS);
  return {
    id: chainId,
    // The settings may have it in lower case.
    contract: getAddress(contract.toLowerCase()),
    client: createPublicClient({ transport, cacheTime: 0 }),
    signer: localSigner(privateKey),
  };
}

/** The chain as a mint sees it: one that began under another contract ends there. */
export function withContract(current: Chain, contract: string): Chain {
  return contract === current.contract ? current : { ...current, contract: getAddress(contract) };
}

/** Whether the settings name another contract now. Mints that began under this one are still to end. */
export function isRetired({ contract }: Chain): boolean {
  return contract !== chain().contract;
}

/**
 * Blocks whose state is asked for, counted from the newest. Full nodes keep that of the last 128; the rest is a margin,
 * since the chain grows between two questions. Older state is in archive nodes alone.
 */
export const MAX_STATE_BLOCKS = 100;

/** The newest block that is final, or the oldest whose state every node has; null while the chain is shorter. */
export async function finalStateBlock({ client }: Chain): Promise<bigint | null> {
  const depth = Math.min(env().MINT_CONFIRMATIONS, MAX_STATE_BLOCKS);
  const block = (await client.getBlockNumber()) - BigInt(depth - 1);
  return block < 0n ? null : block;
}

/** ERC-721 and ERC-2981. */
const INTERFACES = ["0x80ac58cd", "0x2a55205a"] as const;

/**
 * The chain, once it has proved to be the right one: the network's id, a contract with the two interfaces at the
 * address, and the minter role. Asked once per process, which closes the alert about the settings; a failure is asked
 * again.
 *
 * @throws {MinterSettingsError}; {Error} of viem when the node does not answer
 */
export async function verifiedChain(): Promise<Chain> {
  const current = chain();
  const entry = cached;
  if (!entry) return current;
  entry.verified ??= verify(current)
    .then(closeSettingsAlert)
    .catch((error: unknown) => {
      delete entry.verified;
      throw error;
    });
  await entry.verified;
  return current;
}

/** Lets the next call of {@link verifiedChain} ask again: the chain has shown that something changed. */
export function dropVerification(): void {
  if (cached) delete cached.verified;
}

async function verify({ id, contract, client, signer }: Chain): Promise<void> {
  const actualId = await client.getChainId();
  if (actualId !== id) throw new MinterSettingsError(`the node is of network ${actualId}, CHAIN_ID is ${id}`);
  if ((await readCode(client, contract)) === null)
    throw new MinterSettingsError(`no contract at ${contract} on network ${id}`);
  try {
    for (const interfaceId of INTERFACES) {
      const args = [interfaceId] as const;
      if (!(await client.readContract({ abi, address: contract, functionName: "supportsInterface", args })))
        throw new MinterSettingsError(`the contract at ${contract} does not support ${interfaceId}`);
    }
    const role = await client.readContract({ abi, address: contract, functionName: "MINTER_ROLE" });
    const args = [role, signer.address] as const;
    if (!(await client.readContract({ abi, address: contract, functionName: "hasRole", args })))
      throw new MinterSettingsError(`${signer.address} lacks the minter role of ${contract}`);
  } catch (error) {
    if (isForeignContract(error)) throw new MinterSettingsError(`the contract at ${contract} is another one`);
    throw error;
  }
}

/** It lacks a function: the call reverts, with data or without, or answers nothing. */
function isForeignContract(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ContractFunctionZeroDataError) return true;
    if (cause instanceof RpcRequestError && cause.code === EXECUTION_REVERTED) return true;
  }
  return revertName(error) !== undefined;
}

/** The code of JSON-RPC for it; nodes that are overloaded answer with others. */
const EXECUTION_REVERTED = 3;

/** Whether code at an address makes it a contract. An account that delegates to one (EIP-7702) keeps its own key. */
export async function isContract({ client }: Chain, address: Address): Promise<boolean> {
  const code = await readCode(client, address);
  return code !== null && !code.startsWith("0xef0100");
}

/** The code at an address; null without. @throws also when the node answers null, which says nothing */
async function readCode(client: PublicClient, address: Address): Promise<Hex | null> {
  const code: Hex | null | undefined = await client.getCode({ address });
  if (code === null) throw new Error("the node did not answer what code an address has");
  return code === undefined || code === "0x" ? null : code;
}

/** The owner of a token; null when it does not exist. @param blockNumber  as of this block; by default the newest */
export async function findTokenOwner(
  { client, contract: address }: Chain,
  tokenId: bigint,
  blockNumber?: bigint,
): Promise<Address | null> {
  const at = blockNumber === undefined ? {} : { blockNumber };
  try {
    return await client.readContract({ abi, address, functionName: "ownerOf", args: [tokenId], ...at });
  } catch (error) {
    if (revertName(error) === "ERC721NonexistentToken") return null;
    throw error;
  }
}

/** Whether a token was minted in this block or a later one. It exists. */
export async function wasMintedSince(
  { client, contract: address }: Chain,
  tokenId: bigint,
  fromBlock: bigint,
): Promise<boolean> {
  const args = { from: zeroAddress, tokenId };
  const events = await client.getContractEvents({ abi, address, eventName: "Transfer", args, fromBlock });
  return events.length > 0;
}

/**
 * The name of the contract's error that a call failed with, `unknown` for one that it does not have; undefined for any
 * other failure. Only data of the contract counts: viem also calls it a revert when a node answers
 * with an internal error, too many requests, or a limit of gas.
 */
export function revertName(error: unknown): string | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof ContractFunctionRevertedError)) continue;
    return cause.data?.errorName ?? (REVERT_DATA.test(cause.raw ?? "") ? "unknown" : undefined);
  }
  return undefined;
}

/** A selector and whole words, as Solidity encodes errors. */
const REVERT_DATA = /^0x[0-9a-f]{8}([0-9a-f]{64})*$/i;
