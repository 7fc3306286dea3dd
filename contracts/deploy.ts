import { type Abi, type Address, createWalletClient, type Hex, http, publicActions } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { readArtifact } from "./artifact";

export interface DeployOptions {
  rpcUrl: string;
  chainId: number;
  /** Key of the account that pays for the deployment. */
  deployerKey: Hex;
  /** Grants and revokes the minter role. */
  administrator: Address;
  minter: Address;
  /** Called with the sent transaction, before it is waited for. */
  onSent?: (hash: Hex) => Promise<unknown>;
}

const WAIT_TIMEOUT_MS = 300_000;
const POLL_INTERVAL_MS = 500;

/**
 * Deploys the committed artifact and checks that the chain has its code.
 *
 * @throws when the node is of another network, does not answer, or the deployment fails
 */
export async function deployContract(options: DeployOptions): Promise<{ address: Address; hash: Hex }> {
  const { rpcUrl, chainId, deployerKey, administrator, minter } = options;
  const client = createWalletClient({
    account: privateKeyToAccount(deployerKey),
    transport: http(rpcUrl),
    pollingInterval: POLL_INTERVAL_MS,
  }).extend(publicActions);
  const actualId = await client.getChainId();
  if (actualId !== chainId) throw new Error(`the node is of network ${actualId}, not ${chainId}`);
  const { abi, bytecode, deployedBytecode } = readArtifact();
  const args = [administrator, minter];
  const hash = await client.deployContract({ abi: abi as unknown as Abi, bytecode, args, chain: null });
  await options.onSent?.(hash);
  const receipt = await client.waitForTransactionReceipt({ hash, timeout: WAIT_TIMEOUT_MS });
  const { contractAddress: address } = receipt;
  if (receipt.status !== "success" || !address) throw new Error(`the deployment ${hash} failed`);
  const code = await client.getCode({ address });
  if (code !== deployedBytecode) throw new Error(`the code at ${address} is not the artifact's`);
  return { address, hash };
}
