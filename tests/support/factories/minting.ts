import { randomBytes } from "node:crypto";
import { type Address, createPublicClient, type Hex, http, type PublicClient, parseAbi } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { GET as getChallenge } from "@/app/api/posts/[id]/mint/challenge/route";
import { POST as mint, GET as readMint } from "@/app/api/posts/[id]/mint/route";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import type { MintView } from "@/lib/schemas/mint";
import { lanes } from "@/lib/tasks/define-queue";
import { type RunningChain, startChain } from "@/local/chain";
import { type ApiResponse, call } from "@/tests/support/clients/call";
import { createPerson } from "./people";
import { runTasks } from "./shop";

/** Blocks until a mint of a test is final. */
export const TEST_CONFIRMATIONS = 4;

const newKey = (): Hex => `0x${randomBytes(32).toString("hex")}`;

/**
 * Starts a chain of this file, whose blocks the tests make, and points the environment to it. Call it at the top of a
 * file. The contract's address and the account are its own, so that files do not share nonces.
 */
export async function startTestChain(options: { dataDir?: string } = {}): Promise<RunningChain> {
  const minterKey = newKey();
  const chain = await startChain({
    ...{ dataDir: options.dataDir ?? null, minterKey, administratorKey: newKey(), blockIntervalMs: 0 },
    confirmations: TEST_CONFIRMATIONS,
  });
  Object.assign(process.env, {
    CHAIN_RPC_URL: chain.url,
    CHAIN_ID: String(chain.chainId),
    NFT_CONTRACT_ADDRESS: chain.contract,
    MINTER_PRIVATE_KEY: minterKey,
    MINT_CONFIRMATIONS: String(TEST_CONFIRMATIONS),
    MINT_STUCK_SECONDS: "1",
    CHAIN_TIMEOUT_MS: "2000",
  });
  // The first call starts the node, which on a busy machine takes longer than a call may.
  await chain.node.call("eth_blockNumber");
  return chain;
}

/** What a client sees that knows the contract's address and the standards only. */
const standards = parseAbi([
  "function ownerOf(uint256 tokenId) view returns (address)",
  "function balanceOf(address owner) view returns (uint256)",
  "function tokenURI(uint256 tokenId) view returns (string)",
  "function royaltyInfo(uint256 tokenId, uint256 salePrice) view returns (address, uint256)",
  "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
]);

export function chainReader({ url, contract: address }: RunningChain) {
  const client: PublicClient = createPublicClient({ transport: http(url), cacheTime: 0 });
  const token = { abi: standards, address } as const;
  return {
    client,
    ownerOf: (id: string) => client.readContract({ ...token, functionName: "ownerOf", args: [BigInt(id)] }),
    tokenUri: (id: string) => client.readContract({ ...token, functionName: "tokenURI", args: [BigInt(id)] }),
    balanceOf: (owner: Address) =>
      client.readContract({ ...token, functionName: "balanceOf", args: [owner] }),
    royalty: (id: string, price: bigint) =>
      client.readContract({ ...token, functionName: "royaltyInfo", args: [BigInt(id), price] }),
    /** The tokens that were ever minted to an address. */
    mintedTo: async (to: Address) =>
      (await client.getContractEvents({ ...token, eventName: "Transfer", args: { to }, fromBlock: 0n })).map(
        ({ args }) => String(args.tokenId),
      ),
  };
}

export const newWallet = (): PrivateKeyAccount => privateKeyToAccount(generatePrivateKey());

const headers = { "accept-language": "en" };

export const askChallenge = (as: Caller, postId: string, address: string): Promise<ApiResponse> =>
  call(getChallenge, { as, headers, params: { id: postId }, query: `?address=${address}` });

export const sendProof = (
  as: Caller,
  postId: string,
  body: { message: string; signature: string },
): Promise<ApiResponse> => call(mint, { as, headers, params: { id: postId }, body });

/** An artist who may mint: the mail address is confirmed. */
export async function createMintingArtist(): Promise<Caller> {
  const artist = await createPerson("artist");
  await db().user.update({ where: { id: artist.userId }, data: { confirmedAt: new Date() } });
  return artist;
}

/** Makes an artist's mints two days old, so that they do not count for today's limit. */
export async function ageMints(userId: string): Promise<void> {
  await db().mint.updateMany({
    where: { userId },
    data: { createdAt: new Date(Date.now() - 2 * 86_400_000) },
  });
}

/** Signs the app's message with a wallet and requests the mint, as the page of the post does. No limit applies. */
export async function requestTestMint(
  as: Caller,
  postId: string,
  wallet: PrivateKeyAccount,
): Promise<MintView> {
  await ageMints(as.userId);
  const challenge = await askChallenge(as, postId, wallet.address);
  if (challenge.status !== 200) throw new Error(JSON.stringify(challenge.body));
  const { message } = challenge.body;
  const response = await sendProof(as, postId, { message, signature: await wallet.signMessage({ message }) });
  if (response.status !== 202) throw new Error(JSON.stringify(response.body));
  return response.body.mint;
}

/** @param as  needed for a mint that failed */
export async function readTestMint(postId: string, as?: Caller): Promise<MintView> {
  return (await call(readMint, { params: { id: postId }, ...(as ? { as } : {}) })).body.mint;
}

/** Runs the task that looks at a mint next. A look that fails is not an error here: it is tried again. */
export async function lookAtMint(mintId: string): Promise<void> {
  const row = await db().mint.findUnique({ where: { id: mintId }, select: { taskId: true } });
  await runTasks([{ id: row?.taskId ?? mintId, queue: "nft-minting" }]);
}

/** Looks at mints, as many at once as QStash delivers in the lane. */
export async function lookAtMints(mintIds: readonly string[]): Promise<void> {
  const waiting = [...mintIds];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await lookAtMint(id);
  };
  await Promise.all(Array.from({ length: lanes.minting.parallelism }, work));
}

const MAX_LOOKS = 40;

/** Looks at mints and makes blocks until all are over. */
export async function finishMints(chain: RunningChain, mintIds: readonly string[]): Promise<void> {
  for (let look = 0; look < MAX_LOOKS; look++) {
    const open = await db().mint.findMany({
      where: { id: { in: [...mintIds] }, state: { notIn: ["confirmed", "failed"] } },
      orderBy: { id: "asc" },
      select: { id: true },
    });
    const rows = await db().mint.count({ where: { id: { in: [...mintIds] } } });
    if (open.length === 0 && rows === mintIds.length) return;
    await lookAtMints(rows === mintIds.length ? open.map((mint) => mint.id) : mintIds);
    await chain.node.call("evm_mine");
  }
  throw new Error(`mints are not over after ${MAX_LOOKS} looks`);
}

/** What must hold of an account's nonces at any time. */
export async function nonceViolations(): Promise<string[]> {
  const nonces = await db().chainNonce.findMany({ orderBy: { nonce: "asc" } });
  const found: string[] = [];
  nonces.forEach(({ nonce }, index) => {
    if (nonce !== index) found.push(`nonce ${nonce} in place ${index}`);
  });
  const open = nonces.filter(({ state }) => state === "open").length;
  if (open > 0) found.push(`${open} nonces are open`);
  return found;
}
