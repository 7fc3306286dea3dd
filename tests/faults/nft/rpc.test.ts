import { createWalletClient, http, keccak256, parseAbi, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { dropVerification, verifiedChain } from "@/lib/nft/chain";
import { countMined } from "@/lib/nft/find-mined";
import { requireChain } from "@/lib/nft/find-outcome";
import { assignNonce, giveUp } from "@/lib/nft/nonce-ledger";
import { currentFees, signAndStore } from "@/lib/nft/transactions";
import {
  askChallenge,
  finishMints,
  lookAtMint,
  newWallet,
  nonceViolations,
  readTestMint,
  requestTestMint,
} from "@/tests/support/factories/minting";
import { createTestPost } from "@/tests/support/factories/people";
import type { RpcFault } from "@/tests/support/proxies/rpc-proxy";
import { startMintingStack } from "@/tests/support/stack/minting-stack";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
const { chain, proxy, reader, artist } = await startMintingStack({ chainTimeoutMs: 1_500 });
afterEach(() => proxy.heal());

async function startMint() {
  const postId = await createTestPost(artist);
  const wallet = newWallet();
  return { ...(await requestTestMint(artist, postId, wallet)), postId, owner: wallet.address };
}

const FAULTS: RpcFault[] = [
  ...(["late", "twice", "lost", "never", "nonsense", "null"] as const),
  ...(["internal", "limited", "busy"] as const),
];
/** Every call on the way to a transaction, and to its outcome. */
const METHODS = [
  "eth_estimateGas",
  "eth_getTransactionCount",
  "eth_sendRawTransaction",
  "eth_getTransactionReceipt",
  "eth_getBlockByNumber",
  "eth_call",
];

describe("a node that answers late, twice, wrongly or not at all", () => {
  it.each(METHODS)("%s: one token after each fault", async (method) => {
    const mints = [];
    for (const fault of FAULTS) {
      const mint = await startMint();
      mints.push(mint);
      proxy.fail(method, fault, 2);
      for (let look = 0; look < 8 && proxy.hits < 2; look++) {
        await lookAtMint(mint.id);
        await chain.node.call("evm_mine");
      }
      expect(proxy.hits, `${method} ${fault}`).toBeGreaterThan(0);
      proxy.heal();
    }
    await finishMints(
      chain,
      mints.map(({ id }) => id),
    );
    for (const { owner, tokenId } of mints) expect(await reader.mintedTo(owner)).toEqual([tokenId]);
    expect(await nonceViolations()).toEqual([]);
  });

  it("raises no alert about the settings", async () => {
    const alerts = { where: { kind: "minter_settings" } };
    for (const fault of ["internal", "limited", "busy"] as const) {
      dropVerification();
      proxy.fail("eth_call", fault, Number.POSITIVE_INFINITY);
      await expect(requireChain()).rejects.toThrow();
      expect(proxy.hits).toBe(1);
    }
    dropVerification();
    proxy.fail("eth_getCode", "null", Number.POSITIVE_INFINITY);
    await expect(requireChain()).rejects.toThrow();
    expect(await db().alert.count(alerts)).toBe(0);
    proxy.heal();
    await requireChain();
  });

  it("begins nothing while the node is away, and says so", async () => {
    const postId = await createTestPost(artist);
    proxy.fail("eth_getCode", "never", Number.POSITIVE_INFINITY);
    const response = await askChallenge(artist, postId, newWallet().address);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "30"]);
    expect(await db().mint.count({ where: { postId } })).toBe(0);
  });
});

it("sends a transaction again that the node dropped", async () => {
  const mint = await startMint();
  await lookAtMint(mint.id);
  await chain.node.call("anvil_dropAllTransactions");
  await chain.node.call("evm_mine");
  expect(await reader.mintedTo(mint.owner)).toEqual([]);
  await finishMints(chain, [mint.id]);
  expect(await reader.mintedTo(mint.owner)).toEqual([mint.tokenId]);
  expect(await nonceViolations()).toEqual([]);
});

/** More than the transaction costs without running any code, and less than a mint. */
const TOO_LITTLE_GAS = 60_000;

describe("a mint that the contract refuses", () => {
  const roles = parseAbi([
    "function grantRole(bytes32 role, address account)",
    "function revokeRole(bytes32 role, address account)",
  ]);

  async function setMinterRole(functionName: "grantRole" | "revokeRole"): Promise<void> {
    const administrator = privateKeyToAccount(chain.node.options.administratorKey);
    const minter = privateKeyToAccount(chain.node.options.minterKey);
    const client = createWalletClient({ account: administrator, transport: http(chain.url) });
    const args = [keccak256(toHex("MINTER_ROLE")), minter.address] as const;
    await client.writeContract({
      ...{ abi: roles, address: chain.contract, functionName, args, chain: null, gas: 100_000n },
      maxFeePerGas: 10n ** 12n,
      maxPriorityFeePerGas: 10n ** 12n,
    });
  }

  it("ends as failed with its reason, and those behind it go on", async () => {
    const refused = await startMint();
    await lookAtMint(refused.id);
    await setMinterRole("revokeRole");
    await chain.node.call("evm_mine");
    await finishMints(chain, [refused.id]);
    expect(await readTestMint(refused.postId, artist)).toMatchObject({
      state: "failed",
      failure: "reverted",
    });
    expect(await reader.mintedTo(refused.owner)).toEqual([]);

    // Without the role nothing is signed, and it takes no nonce: it waits until an operator grants the role again.
    const early = await startMint();
    const nonces = await db().chainNonce.count();
    const alerts = { where: { kind: "minter_settings", closedAt: null } };
    for (let look = 0; look < 3; look++) {
      await lookAtMint(early.id);
      await chain.node.call("evm_mine");
    }
    expect(await readTestMint(early.postId)).toMatchObject({ state: "pending" });
    expect(await db().chainNonce.count()).toBe(nonces);
    expect(await db().alert.count(alerts)).toBe(1);
    // No mint begins meanwhile.
    const postId = await createTestPost(artist);
    expect((await askChallenge(artist, postId, newWallet().address)).status).toBe(503);

    await setMinterRole("grantRole");
    await chain.node.call("evm_mine");
    const again = await startMint();
    await finishMints(chain, [early.id, again.id]);
    expect(await reader.mintedTo(early.owner)).toEqual([early.tokenId]);
    expect(await reader.mintedTo(again.owner)).toEqual([again.tokenId]);
    expect(await db().alert.count(alerts)).toBe(0);
    expect(await nonceViolations()).toEqual([]);
  });

  it("ends as out of gas, and may be minted again", async () => {
    const mint = await startMint();
    const call = { mintId: mint.id, owner: mint.owner, metadataUrl: "https://files.example/tokens/a.json" };
    await db().mint.update({ where: { id: mint.id }, data: { metadataUrl: call.metadataUrl } });
    const account = await verifiedChain();
    const nonce = await assignNonce(account, mint.id, await countMined(account));
    if (!nonce) throw new Error("the mint got no nonce");
    await signAndStore(account, nonce, { call, gas: TOO_LITTLE_GAS, fees: await currentFees(account) });
    await finishMints(chain, [mint.id]);
    expect(await readTestMint(mint.postId, artist)).toMatchObject({ state: "failed", failure: "out_of_gas" });
    expect(await reader.mintedTo(mint.owner)).toEqual([]);

    const wallet = newWallet();
    const again = await requestTestMint(artist, mint.postId, wallet);
    await finishMints(chain, [again.id]);
    expect(await reader.mintedTo(wallet.address)).toEqual([again.tokenId]);
    expect(await nonceViolations()).toEqual([]);
  });

  it("uses up its nonce on a network that wants more gas than a transfer's", async () => {
    const alerts = { where: { kind: "minter_stuck", subject: "minting", closedAt: null } };
    const mint = await startMint();
    const account = await verifiedChain();
    const nonce = await assignNonce(account, mint.id, await countMined(account));
    if (!nonce) throw new Error("the mint got no nonce");
    await giveUp(nonce, "abandoned");
    proxy.setMinimumGas(90_000n);
    // Nothing is known of the gas at first, so no node takes it.
    proxy.fail("eth_estimateGas", "internal", 2);
    await lookAtMint(mint.id);
    expect(await db().alert.count(alerts)).toBe(1);
    const stored = () =>
      db().chainTransaction.findMany({ where: { of: { mintId: mint.id } }, orderBy: { createdAt: "asc" } });
    const [refused] = await stored();
    expect(refused).toMatchObject({ isFiller: true, sentAt: null });
    await finishMints(chain, [mint.id]);
    const [, taken] = await stored();
    expect(taken?.gas).toBeGreaterThanOrEqual(90_000);
    // No node had the first, so there was nothing to outbid.
    expect(Number(taken?.maxFee)).toBeLessThan(Number(refused?.maxFee) * 1.2);
    expect(await readTestMint(mint.postId, artist)).toMatchObject({ state: "failed", failure: "abandoned" });
    expect(await db().alert.count(alerts)).toBe(0);
    expect(await nonceViolations()).toEqual([]);
  });

  it("uses up the nonce of one whose task is dead, so that the next is minted", async () => {
    const given = await startMint();
    await lookAtMint(given.id);
    const { taskId } = await db().mint.findUniqueOrThrow({ where: { id: given.id } });
    // Given up by an operator before anything of it was signed.
    await db().chainTransaction.deleteMany({ where: { of: { mintId: given.id } } });
    await chain.node.call("anvil_dropAllTransactions");
    await db().task.update({ where: { id: taskId ?? "" }, data: { state: "dead" } });
    await db().chainNonce.updateMany({ where: { mintId: given.id }, data: { checkedAt: new Date(0) } });
    const next = await startMint();
    await finishMints(chain, [next.id]);
    expect(await reader.mintedTo(next.owner)).toEqual([next.tokenId]);
    await db().chainNonce.updateMany({ where: { mintId: given.id }, data: { checkedAt: new Date(0) } });
    const last = await startMint();
    await finishMints(chain, [last.id]);
    expect(await readTestMint(given.postId, artist)).toMatchObject({ state: "failed", failure: "abandoned" });
    expect(await nonceViolations()).toEqual([]);
  });
});
