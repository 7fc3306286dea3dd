import { createWalletClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { verifiedChain } from "@/lib/nft/chain";
import { countMined } from "@/lib/nft/find-mined";
import { assignNonce } from "@/lib/nft/nonce-ledger";
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
import { startMintingStack } from "@/tests/support/stack/minting-stack";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
const { chain, reader, artist } = await startMintingStack();

async function startMint() {
  const postId = await createTestPost(artist);
  const wallet = newWallet();
  return { ...(await requestTestMint(artist, postId, wallet)), postId, owner: wallet.address };
}

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
