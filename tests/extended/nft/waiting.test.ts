import { expect, it } from "vitest";
import { env } from "@/lib/core/env";
import { db } from "@/lib/db";
import { MAX_MINTS_PER_ARTIST_PER_DAY } from "@/lib/nft/mint-budget";
import { backgroundTaskService } from "@/lib/tasks";
import {
  ageMints,
  finishMints,
  lookAtMint,
  newWallet,
  nonceViolations,
  readTestMint,
  requestTestMint,
} from "@/tests/support/factories/minting";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { startMintingStack } from "@/tests/support/stack/minting-stack";

const { chain, reader, artist } = await startMintingStack();

async function startMint() {
  const postId = await createTestPost(artist);
  const wallet = newWallet();
  return { ...(await requestTestMint(artist, postId, wallet)), postId, owner: wallet.address };
}

const GWEI = 10n ** 9n;

/** Makes a block with this base fee. */
async function setBaseFee(gwei: bigint): Promise<void> {
  await chain.node.call("anvil_setNextBlockBaseFeePerGas", [`0x${(gwei * GWEI).toString(16)}`]);
  await chain.node.call("evm_mine");
}

/** Seconds until the next look at a mint. */
async function nextDelay(id: string): Promise<number> {
  const { taskId } = await db().mint.findUniqueOrThrow({ where: { id }, select: { taskId: true } });
  const { notBefore } = await db().task.findUniqueOrThrow({ where: { id: taskId ?? "" } });
  return Math.round((notBefore.getTime() - Date.now()) / 1_000);
}

it("waits with an alert while blocks demand more than the limit, and closes it when the fee has fallen", async () => {
  const alert = { where: { kind: "minter_fee", closedAt: null } };
  Object.assign(env(), { MINT_MAX_FEE_GWEI: 5 });
  await setBaseFee(1n);
  const signed = await startMint();
  await lookAtMint(signed.id);
  expect(await db().alert.count(alert)).toBe(0);

  await setBaseFee(20n);
  const unsigned = await startMint();
  await lookAtMint(unsigned.id);
  expect(await db().alert.count(alert)).toBe(1);
  // Nothing was signed, and no nonce taken, that could hold others up.
  expect(await readTestMint(unsigned.postId)).toMatchObject({ state: "pending" });
  expect(await db().chainNonce.count({ where: { mintId: unsigned.id } })).toBe(0);

  await db().alert.updateMany({ ...alert, data: { closedAt: new Date() } });
  await db().chainTransaction.updateMany({ data: { createdAt: new Date(Date.now() - 60_000) } });
  await setBaseFee(20n);
  await lookAtMint(signed.id);
  // Its turn has come and only the fee is in the way: the alert is open again.
  expect((await readTestMint(signed.postId)).state).toBe("sent");
  expect(await db().alert.count(alert)).toBe(1);

  await setBaseFee(1n);
  await finishMints(chain, [signed.id, unsigned.id]);
  expect(await db().alert.count(alert)).toBe(0);
  for (const { owner, tokenId } of [signed, unsigned])
    expect(await reader.mintedTo(owner)).toEqual([tokenId]);
  expect(await nonceViolations()).toEqual([]);
  Object.assign(env(), { MINT_MAX_FEE_GWEI: 300 });
});

it("replaces a stuck transaction at the limit, and alerts where the limit leaves no room", async () => {
  const alert = { where: { kind: "minter_stuck", closedAt: null } };
  const mint = await startMint();
  await lookAtMint(mint.id);
  const of = { where: { of: { mintId: mint.id } }, orderBy: { createdAt: "desc" as const } };
  const { maxFee } = await db().chainTransaction.findFirstOrThrow(of);
  const letItBeStuck = async (limit: number) => {
    Object.assign(env(), { MINT_MAX_FEE_GWEI: limit });
    await db().chainTransaction.updateMany({
      where: of.where,
      data: { createdAt: new Date(Date.now() - 60_000) },
    });
    await lookAtMint(mint.id);
  };
  await letItBeStuck((maxFee.toNumber() / Number(GWEI)) * 1.1);
  expect(await db().chainTransaction.count({ where: of.where })).toBe(1);
  expect(await db().alert.count(alert)).toBe(1);
  await letItBeStuck((maxFee.toNumber() / Number(GWEI)) * 1.2);
  const replacement = await db().chainTransaction.findFirstOrThrow(of);
  expect(replacement.maxFee.div(maxFee).toNumber()).toBeCloseTo(1.2);
  Object.assign(env(), { MINT_MAX_FEE_GWEI: 300 });
  await finishMints(chain, [mint.id]);
  expect(await db().alert.count(alert)).toBe(0);
  expect(await reader.mintedTo(mint.owner)).toEqual([mint.tokenId]);
  expect(await nonceViolations()).toEqual([]);
});

it("looks less and less often at mints that are behind others", async () => {
  const [first, second] = [await startMint(), await startMint()];
  await lookAtMint(first.id);
  const delays: number[] = [];
  for (let look = 0; look < 12; look++) {
    await lookAtMint(second.id);
    delays.push(await nextDelay(second.id));
  }
  expect(delays[0]).toBeLessThanOrEqual(3);
  expect(delays[11]).toBeGreaterThan(500);
  // Whose turn it is, is looked at every five minutes at least.
  for (let look = 0; look < 12; look++) await lookAtMint(first.id);
  expect(await nextDelay(first.id)).toBeLessThanOrEqual(300);
  await finishMints(chain, [first.id, second.id]);
  expect(await nonceViolations()).toEqual([]);
});

it("counts and limits mints that are enqueued without a request", async () => {
  const prolific = await createPerson("artist");
  const enqueue = async () =>
    backgroundTaskService.mintNft({
      ...{ postId: await createTestPost(prolific), ownerAddress: newWallet().address, metadata: {} },
    });
  const ids: string[] = [];
  for (let count = 0; count < MAX_MINTS_PER_ARTIST_PER_DAY; count++) ids.push(await enqueue());
  for (const id of ids) await lookAtMint(id);
  expect(await db().mint.count({ where: { id: { in: ids } } })).toBe(ids.length);

  const excess = await enqueue();
  await lookAtMint(excess);
  expect(await db().mint.count({ where: { id: excess } })).toBe(0);
  // It waits: the next attempt of another day begins it.
  expect((await db().task.findUniqueOrThrow({ where: { id: excess } })).state).not.toBe("dead");
  await ageMints(prolific.userId);
  await lookAtMint(excess);
  expect(await db().mint.count({ where: { id: excess } })).toBe(1);
  await finishMints(chain, [...ids, excess]);
  expect(await nonceViolations()).toEqual([]);
});
