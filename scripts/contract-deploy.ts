import { parseArgs } from "node:util";
import { isAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { deployContract } from "../contracts/deploy";

/** `npm run contract:deploy`: deploys the committed contract (docs/MINTING.md). */
const USAGE = `npm run contract:deploy -- [--administrator 0x…]

  CHAIN_RPC_URL          the node
  CHAIN_ID               its network's id
  DEPLOYER_PRIVATE_KEY   key of the account that pays for the deployment
  MINTER_PRIVATE_KEY     key of the account that gets the minter role

  --administrator   the account that grants and revokes the minter role; by default the deployer's`;

const key = z.templateLiteral(["0x", z.string()]).refine((text) => /^0x[0-9a-fA-F]{64}$/.test(text));
const environment = z.object({
  CHAIN_RPC_URL: z.url(),
  CHAIN_ID: z.coerce.number().int().positive(),
  DEPLOYER_PRIVATE_KEY: key,
  MINTER_PRIVATE_KEY: key,
});

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { administrator: { type: "string" } } });
  const parsed = environment.safeParse(process.env);
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join("."));
    throw new Error(`missing or invalid: ${missing.join(", ")}\n\n${USAGE}`);
  }
  const { CHAIN_RPC_URL, CHAIN_ID, DEPLOYER_PRIVATE_KEY, MINTER_PRIVATE_KEY } = parsed.data;
  const administrator = values.administrator ?? privateKeyToAccount(DEPLOYER_PRIVATE_KEY).address;
  if (!isAddress(administrator)) throw new Error(`--administrator is no address\n\n${USAGE}`);
  const minter = privateKeyToAccount(MINTER_PRIVATE_KEY).address;
  const { address, hash } = await deployContract({
    ...{ rpcUrl: CHAIN_RPC_URL, chainId: CHAIN_ID, administrator, minter },
    deployerKey: DEPLOYER_PRIVATE_KEY,
  });
  console.log(`Deployed by transaction ${hash}`);
  console.log(`Administrator ${administrator}, minter ${minter}`);
  console.log(`NFT_CONTRACT_ADDRESS=${address}`);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  // Its address mostly has a provider's key in it, and viem's errors quote it.
  console.error(message.replaceAll(process.env.CHAIN_RPC_URL || "CHAIN_RPC_URL", "the node"));
  process.exitCode = 1;
});
