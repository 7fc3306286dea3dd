import { setTimeout as delay } from "node:timers/promises";
import { getAddress, keccak256, serializeTransaction } from "viem";
import { privateKeyToAccount, setSignEntropy, sign } from "viem/accounts";
import { expect, it } from "vitest";
import { deployContract } from "@/contracts/deploy";
import { env } from "@/lib/core/env";
import { db } from "@/lib/db";
import { advanceNonce } from "@/lib/nft/advance-nonce";
import { verifiedChain } from "@/lib/nft/chain";
import { countMined } from "@/lib/nft/find-mined";
import { assignNonce } from "@/lib/nft/nonce-ledger";
import type { MinterSigner } from "@/lib/nft/signer";
import {
  chainReader,
  finishMints,
  lookAtMint,
  newWallet,
  nonceViolations,
  readTestMint,
  requestTestMint,
} from "@/tests/support/factories/minting";
import { createTestPost } from "@/tests/support/factories/people";
import { startMintingStack } from "@/tests/support/stack/minting-stack";

const { chain, reader, artist } = await startMintingStack();
const minter = privateKeyToAccount(chain.node.options.minterKey);

async function startMint() {
  const postId = await createTestPost(artist);
  const wallet = newWallet();
  return { ...(await requestTestMint(artist, postId, wallet)), postId, owner: wallet.address };
}

it("ends mints at the contract that they began with, when the settings name another one", async () => {
  const sent = await startMint();
  await lookAtMint(sent.id);
  // Its task is dead after the nonce was given out: looks at other mints attend to it.
  const stalled = await startMint();
  const before = await verifiedChain();
  await db().mint.update({
    where: { id: stalled.id },
    data: { metadataUrl: "https://files.example/tokens/a.json" },
  });
  const given = await assignNonce(before, stalled.id, await countMined(before));
  await db().chainNonce.updateMany({ where: { mintId: stalled.id }, data: { checkedAt: new Date(0) } });
  const pending = await startMint();

  const administrator = privateKeyToAccount(chain.node.options.administratorKey).address;
  const deployment = deployContract({
    ...{ rpcUrl: chain.url, chainId: chain.chainId, administrator, minter: minter.address },
    deployerKey: chain.node.options.administratorKey,
    onSent: () => chain.node.call("evm_mine"),
  });
  const address = getAddress((await deployment).address);
  Object.assign(env(), { NFT_CONTRACT_ADDRESS: address });
  const fresh = await startMint();
  expect([sent, stalled, pending, fresh].map(({ contract }) => contract)).toEqual([
    ...Array.from({ length: 3 }, () => chain.contract),
    address,
  ]);
  await lookAtMint(fresh.id);
  expect(await db().chainTransaction.count({ where: { nonce: given?.nonce ?? -1 } })).toBe(1);
  await finishMints(chain, [sent.id, stalled.id, pending.id, fresh.id]);

  const newReader = chainReader({ ...chain, contract: address });
  for (const mint of [sent, stalled, pending]) {
    expect(await reader.mintedTo(mint.owner)).toEqual([mint.tokenId]);
    expect(await newReader.mintedTo(mint.owner)).toEqual([]);
  }
  expect(await newReader.mintedTo(fresh.owner)).toEqual([fresh.tokenId]);
  expect(await db().alert.count({ where: { kind: "minter_settings", closedAt: null } })).toBe(0);
  expect(await nonceViolations()).toEqual([]);
});

it("signs with a key service: it answers late, fails once, signs digests, and never the same twice", async () => {
  setSignEntropy(true);
  const mint = await startMint();
  const local = await verifiedChain();
  let calls = 0;
  const remote: MinterSigner = {
    address: minter.address,
    async sign(transaction) {
      calls++;
      // A call over the network, with no transaction of Postgres open: there is one connection to spare.
      await delay(20);
      await db().mint.count();
      if (calls === 1) throw new Error("the key service does not respond");
      const hash = keccak256(serializeTransaction(transaction));
      return serializeTransaction(
        transaction,
        await sign({ hash, privateKey: chain.node.options.minterKey }),
      );
    },
  };
  const remoteChain = { ...local, signer: remote };
  const nonce = await assignNonce(remoteChain, mint.id, await countMined(remoteChain));
  if (!nonce) throw new Error("the mint got no nonce");
  const metadataUrl = "https://files.example/tokens/b.json";
  await db().mint.update({ where: { id: mint.id }, data: { metadataUrl } });
  const call = { mintId: mint.id, owner: mint.owner, metadataUrl };
  await expect(advanceNonce(remoteChain, nonce, call)).rejects.toThrow("does not respond");
  // Two that run at once may sign differently: the chain takes one.
  await Promise.all([advanceNonce(remoteChain, nonce, call), advanceNonce(remoteChain, nonce, call)]);
  expect(calls).toBeGreaterThanOrEqual(2);
  await finishMints(chain, [mint.id]);
  expect((await readTestMint(mint.postId)).state).toBe("confirmed");
  expect(await nonceViolations()).toEqual([]);
});
