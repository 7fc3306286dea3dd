import { env } from "./env";

export interface MintingSettings {
  rpcUrl: string;
  chainId: number;
  contract: `0x${string}`;
  privateKey: `0x${string}`;
}

/** What minting needs; null when this deployment is not set up for it. */
export function getMintingSettings(): MintingSettings | null {
  const { CHAIN_RPC_URL, CHAIN_ID, NFT_CONTRACT_ADDRESS, MINTER_PRIVATE_KEY } = env();
  if (!CHAIN_RPC_URL || !CHAIN_ID || !NFT_CONTRACT_ADDRESS || !MINTER_PRIVATE_KEY) return null;
  // The environment's schema has checked their form.
  return {
    rpcUrl: CHAIN_RPC_URL,
    chainId: CHAIN_ID,
    contract: NFT_CONTRACT_ADDRESS as `0x${string}`,
    privateKey: MINTER_PRIVATE_KEY as `0x${string}`,
  };
}

export function isMintingConfigured(): boolean {
  return getMintingSettings() !== null;
}
