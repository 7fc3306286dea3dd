import { createWalletClient, http, keccak256, parseAbi, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, describe, expect, it } from "vitest";
import { db, transaction } from "@/lib/db";
import { raiseFundsAlert } from "@/lib/nft/alerts";
import { dropVerification, verifiedChain } from "@/lib/nft/chain";
import { countMined } from "@/lib/nft/find-mined";
import { requireChain } from "@/lib/nft/find-outcome";
import { keepQueueMoving } from "@/lib/nft/keep-queue-moving";
import { assignNonce, giveUp } from "@/lib/nft/nonce-ledger";
import { raiseSettingsAlert } from "@/lib/nft/settings-alert";
import { currentFees, signAndStore } from "@/lib/nft/transactions";
import {
  askChallenge,
  finishMints,
  lookAtMint,
  newWallet,
  nonceViolations,
  readTestMint,
  requestTestMint,
  TEST_CONFIRMATIONS,
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

  it("leaves no alert open whose cause is gone, though no mint is made", async () => {
    const open = async () =>
      (await db().alert.findMany({ where: { closedAt: null }, orderBy: { kind: "asc" } })).map(
        ({ kind }) => kind,
      );
    const before = await open();
    const account = await verifiedChain();
    await raiseSettingsAlert("wrong");
    await transaction((tx) => raiseFundsAlert(tx, account));
    const { address } = account.signer;
    const balance = await chain.node.call("eth_getBalance", [address, "latest"]);
    await chain.node.call("anvil_setBalance", [address, "0x0"]);
    await keepQueueMoving();
    expect(await open()).toEqual([...before, "minter_funds", "minter_settings"].sort());
    await chain.node.call("anvil_setBalance", [address, balance]);
    await keepQueueMoving();
    expect(await open()).toEqual([...before, "minter_settings"].sort());
    dropVerification();
    await requireChain();
    expect(await open()).toEqual(before);
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

describe("a ledger that the chain contradicts", () => {
  const doubtLongAgo = (nonce: number) =>
    db().chainNonce.updateMany({
      where: { nonce, doubtedAt: { not: null } },
      data: { doubtedAt: new Date(0) },
    });

  it("opens a settled nonce again that the chain has not used up", async () => {
    const account = await verifiedChain();
    const unused = await countMined(account);
    const of = { chainId: account.id, account: account.signer.address };
    await db().chainNonce.create({
      data: { ...of, nonce: unused, state: "settled", createdAt: new Date(0) },
    });
    const mint = await startMint();
    await lookAtMint(mint.id);
    await chain.node.call("evm_mine");
    // One look may be wrong.
    const row = { where: { chainId_account_nonce: { ...of, nonce: unused } } };
    expect((await db().chainNonce.findUniqueOrThrow(row)).state).toBe("settled");
    await doubtLongAgo(unused);
    await finishMints(chain, [mint.id]);
    expect(await reader.mintedTo(mint.owner)).toEqual([mint.tokenId]);
    const alerts = { where: { kind: "minter_stuck", subject: `nonce:${unused}`, closedAt: null } };
    expect(await db().alert.count(alerts)).toBe(1);
    // The next look a minute later finds the filler final.
    await db().chainNonce.update({ ...row, data: { checkedAt: new Date(0) } });
    const next = await startMint();
    await finishMints(chain, [next.id]);
    expect(await db().chainNonce.findUniqueOrThrow(row)).toMatchObject({ state: "settled", doubtedAt: null });
    expect(await nonceViolations()).toEqual([]);
  });

  it("sends a mint again as it was that a deep reorganisation undid, and no filler", async () => {
    const undone = await startMint();
    await finishMints(chain, [undone.id]);
    const { blockNumber } = await readTestMint(undone.postId);
    const of = { of: { mintId: undone.id } };
    const [signed] = await db().chainTransaction.findMany({ where: of });
    const head = Number(await chain.node.call("eth_blockNumber"));
    expect(head - (blockNumber ?? 0)).toBeGreaterThanOrEqual(TEST_CONFIRMATIONS - 1);
    await chain.node.call("anvil_reorg", [head - (blockNumber ?? 0) + 1, []]);
    expect(await reader.mintedTo(undone.owner)).toEqual([]);
    // Nodes put it back into their pools.
    await chain.node.call("eth_sendRawTransaction", [signed?.raw]);

    const next = await startMint();
    await lookAtMint(next.id);
    await doubtLongAgo(signed?.nonce ?? -1);
    const row = { where: { nonce: signed?.nonce ?? -1 } };
    await db().chainNonce.updateMany({ ...row, data: { createdAt: new Date(0) } });
    await db().chainTransaction.updateMany({ where: of, data: { createdAt: new Date(0) } });
    await lookAtMint(next.id);
    expect(await db().chainNonce.findFirstOrThrow(row)).toMatchObject({ state: "open" });
    await finishMints(chain, [next.id]);
    await db().chainNonce.updateMany({ ...row, data: { checkedAt: new Date(0) } });
    const last = await startMint();
    await finishMints(chain, [last.id]);
    for (const { owner, tokenId } of [undone, next, last])
      expect(await reader.mintedTo(owner)).toEqual([tokenId]);
    const stored = await db().chainTransaction.findMany(row);
    expect(stored.map(({ hash }) => hash)).toEqual([signed?.hash]);
    expect((await readTestMint(undone.postId)).state).toBe("confirmed");
    expect(await nonceViolations()).toEqual([]);
  });

  /** A mint whose nonce a transaction has used up that is none of the app's. */
  async function startWithLostNonce() {
    const mint = await startMint();
    const account = await verifiedChain();
    const nonce = await assignNonce(account, mint.id, await countMined(account));
    if (!nonce) throw new Error("the mint got no nonce");
    const wallet = privateKeyToAccount(chain.node.options.minterKey);
    const foreign = createWalletClient({ account: wallet, transport: http(chain.url) });
    await foreign.sendTransaction({ chain: null, to: wallet.address, nonce: nonce.nonce });
    for (let block = 0; block < TEST_CONFIRMATIONS + 1; block++) await chain.node.call("evm_mine");
    return { ...mint, nonce: nonce.nonce };
  }

  it("ends a mint whose task is dead and whose nonce was used up without us", async () => {
    const mint = await startWithLostNonce();
    await db().task.update({ where: { id: mint.id }, data: { state: "dead" } });
    for (let look = 0; look < 2; look++) {
      await db().chainNonce.updateMany({ where: { mintId: mint.id }, data: { checkedAt: new Date(0) } });
      await finishMints(chain, [(await startMint()).id]);
      await doubtLongAgo(mint.nonce);
    }
    expect(await readTestMint(mint.postId, artist)).toMatchObject({ state: "failed", failure: "abandoned" });
    expect(await nonceViolations()).toEqual([]);
  });

  it("gives another nonce to a mint whose own was used up without us, when two looks find so", async () => {
    const mint = await startWithLostNonce();
    await lookAtMint(mint.id);
    expect(await db().chainNonce.count({ where: { mintId: mint.id, state: "open" } })).toBe(1);
    await doubtLongAgo(mint.nonce);
    await finishMints(chain, [mint.id]);
    expect(await reader.mintedTo(mint.owner)).toEqual([mint.tokenId]);
    expect(await db().chainNonce.count({ where: { mintId: mint.id, state: "settled" } })).toBe(2);
    expect(await nonceViolations()).toEqual([]);
  });
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
