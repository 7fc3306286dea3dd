import { randomBytes } from "node:crypto";
import { type Abi, createWalletClient, type Hex, http, publicActions } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { readArtifact } from "@/contracts/artifact";
import { deployContract } from "@/contracts/deploy";
import { newId } from "@/lib/core/ids";
import { tokenFolder } from "@/lib/nft/token-files";
import { toTokenId } from "@/lib/nft/token-id";
import { startChain } from "@/local/chain";

/** `npm run bench:minting`: the gas of what the account that mints pays for, on a chain of its own. */

/** As long as an address of Vercel's public store. */
const STORE = "https://0123456789abcdef.public.blob.vercel-storage.com/";
const SHA256_BYTES = 32;
const ROYALTY_BASIS_POINTS = 500n;
/** They differ by the zero bytes in their arguments alone. */
const MINTS = 20;
/** An example of a price, to turn gas into coins. */
const EXAMPLE_GWEI = 10;

async function main(): Promise<void> {
  const administratorKey = generatePrivateKey();
  const account = privateKeyToAccount(administratorKey);
  const options = { dataDir: null, administratorKey, minterKey: generatePrivateKey(), blockIntervalMs: 0 };
  const chain = await startChain(options);
  try {
    const client = createWalletClient({ account, transport: http(chain.url) }).extend(publicActions);
    const gasOf = async (hash: Hex) => {
      await chain.node.call("evm_mine");
      return Number((await client.getTransactionReceipt({ hash })).gasUsed);
    };
    const { address, hash } = await deployContract({
      ...{ rpcUrl: chain.url, chainId: chain.chainId, deployerKey: administratorKey },
      ...{ administrator: account.address, minter: account.address },
      onSent: () => chain.node.call("evm_mine"),
    });
    const deployment = Number((await client.getTransactionReceipt({ hash })).gasUsed);
    const mints: number[] = [];
    let metadataUrl = "";
    for (let count = 0; count < MINTS; count++) {
      const [id, owner] = [newId(), privateKeyToAccount(generatePrivateKey()).address];
      const name = randomBytes(SHA256_BYTES).toString("base64url");
      metadataUrl = `${STORE}${tokenFolder(id)}${name}.json`;
      const args = [owner, toTokenId(id), metadataUrl, owner, ROYALTY_BASIS_POINTS];
      const abi = readArtifact().abi as unknown as Abi;
      mints.push(
        await gasOf(await client.writeContract({ address, abi, functionName: "mint", args, chain: null })),
      );
    }
    const filler = await gasOf(await client.sendTransaction({ to: account.address, value: 0n, chain: null }));
    const highest = Math.max(...mints);
    console.log(`Gas on a local chain; the address of the metadata has ${metadataUrl.length} characters:`);
    console.log(`  a mint: ${Math.min(...mints)} to ${highest}, ${MINTS} mints to new owners`);
    console.log(`  a filler: ${filler}`);
    console.log(`  the deployment: ${deployment}`);
    console.log(`  a mint at ${EXAMPLE_GWEI} gwei: ${((highest * EXAMPLE_GWEI) / 1e9).toFixed(6)} coins`);
  } finally {
    await chain.close();
  }
}

await main();
