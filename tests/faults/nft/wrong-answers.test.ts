import { createWalletClient, type Hex, http, keccak256, parseAbi, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, describe, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { env } from "@/lib/core/env";
import { db } from "@/lib/db";
import { verifiedChain } from "@/lib/nft/chain";
import { countMined } from "@/lib/nft/find-mined";
import { assignNonce } from "@/lib/nft/nonce-ledger";
import { tokenFolder } from "@/lib/nft/token-files";
import { publicBlobUrl, putPublicBlob } from "@/lib/storage";
import {
  finishMints,
  lookAtMint,
  newWallet,
  nonceViolations,
  readTestMint,
  requestTestMint,
  TEST_CONFIRMATIONS,
} from "@/tests/support/factories/minting";
import { createTestPost } from "@/tests/support/factories/people";
import { RpcError } from "@/tests/support/proxies/rpc-proxy";
import { startMintingStack } from "@/tests/support/stack/minting-stack";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
const { chain, proxy, reader, artist } = await startMintingStack();
afterEach(() => proxy.heal());

async function startMint() {
  const postId = await createTestPost(artist);
  const wallet = newWallet();
  return { ...(await requestTestMint(artist, postId, wallet)), postId, owner: wallet.address };
}

async function startMined() {
  const mint = await startMint();
  await lookAtMint(mint.id);
  await chain.node.call("evm_mine");
  await lookAtMint(mint.id);
  expect(await readTestMint(mint.postId)).toMatchObject({ state: "mined", confirmations: 1 });
  return mint;
}

const add = (result: unknown, blocks: number): Hex => toHex(BigInt(String(result)) + BigInt(blocks));

describe("a node whose answers are plausible and false", () => {
  it("has the receipt of another transaction: it counts for nothing", async () => {
    const other = await startMined();
    const { transactionHash } = await readTestMint(other.postId);
    const receipt = await chain.node.call("eth_getTransactionReceipt", [transactionHash]);
    const mint = await startMint();
    proxy.rewrite("eth_getTransactionReceipt", () => receipt);
    for (let look = 0; look < 3; look++) await lookAtMint(mint.id);
    expect(await readTestMint(mint.postId)).toMatchObject({ transactionHash: null, blockNumber: null });
    proxy.heal();
    await finishMints(chain, [other.id, mint.id]);
    expect(await reader.mintedTo(mint.owner)).toEqual([mint.tokenId]);
    expect(await nonceViolations()).toEqual([]);
  });

  it("counts blocks that do not exist: nothing is final for that", async () => {
    const mint = await startMined();
    proxy.rewrite("eth_blockNumber", (result) => add(result, 1_000));
    await lookAtMint(mint.id);
    expect(await readTestMint(mint.postId)).toMatchObject({
      state: "mined",
      confirmations: TEST_CONFIRMATIONS - 1,
    });
    proxy.heal();
    await finishMints(chain, [mint.id]);
    expect((await readTestMint(mint.postId)).state).toBe("confirmed");
  });

  it("is behind: a mint loses no confirmations", async () => {
    const mint = await startMined();
    await chain.node.call("evm_mine");
    await lookAtMint(mint.id);
    expect(await readTestMint(mint.postId)).toMatchObject({ confirmations: 2 });
    proxy.rewrite("eth_blockNumber", (result) => add(result, -3));
    await lookAtMint(mint.id);
    expect(await readTestMint(mint.postId)).toMatchObject({ state: "mined", confirmations: 2 });
    proxy.heal();
    await finishMints(chain, [mint.id]);
  });

  it("counts more or fewer transactions of the account: no nonce is skipped or paid for twice", async () => {
    const before = await db().chainNonce.count();
    const mints = [];
    for (const wrong of [1_000, -2]) {
      let isFirst = true;
      proxy.rewrite("eth_getTransactionCount", (result) => {
        if (wrong > 0 && !isFirst) return result;
        isFirst = false;
        return add(result, wrong);
      });
      const mint = await startMint();
      mints.push(mint);
      for (let look = 0; look < 3; look++) {
        await lookAtMint(mint.id);
        isFirst = true;
      }
      proxy.heal();
    }
    await finishMints(
      chain,
      mints.map(({ id }) => id),
    );
    for (const { owner, tokenId } of mints) expect(await reader.mintedTo(owner)).toEqual([tokenId]);
    expect(await nonceViolations()).toEqual([]);
    expect(await db().chainNonce.count()).toBe(before + mints.length);
  });
});

it("adds what a rollup charges for the data on Ethereum to a mint's fee", async () => {
  const L1_FEE = 123_456_789_012n;
  const mint = await startMined();
  const feeOf = async () => (await db().mint.findUniqueOrThrow({ where: { id: mint.id } })).feeWei?.toFixed();
  const gasFee = BigInt((await feeOf()) ?? 0);
  expect(gasFee).toBeGreaterThan(0n);
  proxy.rewrite("eth_getTransactionReceipt", (result) => ({ ...(result as object), l1Fee: toHex(L1_FEE) }));
  await finishMints(chain, [mint.id]);
  expect(await feeOf()).toBe(String(gasFee + L1_FEE));
});

/** Mints the token of a mint past the app, from an account of its own. */
async function mintPastTheApp(tokenId: string, owner: `0x${string}`): Promise<void> {
  const abi = parseAbi([
    "function grantRole(bytes32 role, address account)",
    "function mint(address owner, uint256 tokenId, string metadataUri, address royaltyReceiver, uint96 royaltyBasisPoints)",
  ]);
  const other = privateKeyToAccount(generatePrivateKey());
  await chain.node.call("anvil_setBalance", [other.address, toHex(10n ** 18n)]);
  const common = { address: chain.contract, abi, chain: null, gas: 300_000n } as const;
  const clientOf = (account: typeof other) => createWalletClient({ account, transport: http(chain.url) });
  await clientOf(privateKeyToAccount(chain.node.options.administratorKey)).writeContract({
    ...common,
    functionName: "grantRole",
    args: [keccak256(toHex("MINTER_ROLE")), other.address],
  });
  await chain.node.call("evm_mine");
  await clientOf(other).writeContract({
    ...common,
    functionName: "mint",
    args: [owner, BigInt(tokenId), "https://files.example/tokens/a.json", owner, 0n],
  });
  await chain.node.call("evm_mine");
}

it("uses up the nonce of a mint whose token exists under another one, so that those behind it go on", async () => {
  const mint = await startMint();
  const account = await verifiedChain();
  await db().mint.update({
    where: { id: mint.id },
    data: { metadataUrl: "https://files.example/tokens/a.json" },
  });
  const nonce = await assignNonce(account, mint.id, await countMined(account));
  await mintPastTheApp(mint.tokenId, mint.owner);
  const next = await startMint();
  await finishMints(chain, [mint.id, next.id]);
  expect(await reader.mintedTo(mint.owner)).toEqual([mint.tokenId]);
  expect(await reader.mintedTo(next.owner)).toEqual([next.tokenId]);
  expect(await readTestMint(mint.postId)).toMatchObject({ state: "confirmed", failure: null });
  const stored = await db().chainTransaction.findMany({ where: { nonce: nonce?.nonce ?? -1 } });
  expect(stored.map(({ isFiller }) => isFiller)).toEqual([true]);
  expect(await nonceViolations()).toEqual([]);
});

it("confirms a mint whose task is dead and whose token exists under another nonce", async () => {
  const mint = await startMint();
  const account = await verifiedChain();
  const pathname = `${tokenFolder(mint.id)}a.json`;
  await putPublicBlob(pathname, Buffer.from("{}"), "application/json");
  await db().mint.update({ where: { id: mint.id }, data: { metadataUrl: publicBlobUrl(pathname) } });
  await assignNonce(account, mint.id, await countMined(account));
  await mintPastTheApp(mint.tokenId, mint.owner);
  await db().task.update({ where: { id: mint.id }, data: { state: "dead" } });
  // Looks at other mints attend to it: one signs a filler, and a later one finds it final.
  for (let look = 0; look < 2; look++) {
    await db().chainNonce.updateMany({ where: { mintId: mint.id }, data: { checkedAt: new Date(0) } });
    await finishMints(chain, [(await startMint()).id]);
  }
  await waitForDeferredWork();
  expect(await readTestMint(mint.postId)).toMatchObject({ state: "confirmed", failure: null });
  expect((await fetch(publicBlobUrl(pathname) ?? "")).status).toBe(200);
  expect(await nonceViolations()).toEqual([]);
});

describe("more confirmations than a node keeps state", () => {
  const CONFIRMATIONS = 200;
  /** As Geth does. */
  const STATE_BLOCKS = 128;

  it("needs no archive node", async () => {
    const mine = (blocks: number) => chain.node.call("anvil_mine", [toHex(blocks)]);
    const keepState = async (result: unknown, [, block]: readonly unknown[]) => {
      const head = Number(await chain.node.call("eth_blockNumber"));
      if (typeof block === "string" && block.startsWith("0x") && Number(block) <= head - STATE_BLOCKS)
        throw new RpcError("missing trie node");
      return result;
    };
    await mine(2 * CONFIRMATIONS);
    proxy.rewrite("eth_getTransactionCount", keepState);
    proxy.rewrite("eth_call", keepState);
    Object.assign(env(), { MINT_CONFIRMATIONS: CONFIRMATIONS });
    const [mint, foreign] = [await startMint(), await startMint()];
    await mintPastTheApp(foreign.tokenId, foreign.owner);
    await lookAtMint(mint.id);
    await mine(CONFIRMATIONS - 1);
    for (const { id } of [mint, foreign]) await lookAtMint(id);
    expect(await readTestMint(mint.postId)).toMatchObject({ confirmations: CONFIRMATIONS - 1 });
    expect((await readTestMint(foreign.postId)).state).toBe("confirmed");
    await mine(1);
    await lookAtMint(mint.id);
    expect((await readTestMint(mint.postId)).state).toBe("confirmed");

    const late = await startMint();
    await mintPastTheApp(late.tokenId, late.owner);
    await mine(CONFIRMATIONS - 2);
    await lookAtMint(late.id);
    expect((await readTestMint(late.postId)).state).toBe("pending");
    await mine(1);
    await lookAtMint(late.id);
    expect((await readTestMint(late.postId)).state).toBe("confirmed");
    Object.assign(env(), { MINT_CONFIRMATIONS: TEST_CONFIRMATIONS });
    expect(await nonceViolations()).toEqual([]);
  });
});
