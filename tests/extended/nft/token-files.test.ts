import { createHash } from "node:crypto";
import { privateKeyToAccount } from "viem/accounts";
import { expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { injectFault } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { eraseMintBatch, tidyTokenFiles } from "@/lib/nft";
import { tokenFolder } from "@/lib/nft/token-files";
import { toTokenId } from "@/lib/nft/token-id";
import { listBlobs, publicBlobUrl, putPublicBlob } from "@/lib/storage";
import { sweepTasks } from "@/lib/tasks";
import {
  createMintingArtist,
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

/** A post whose cover has these bytes. */
async function createPostWithCover(author: Caller, bytes: Buffer): Promise<string> {
  const [fileId, pathname] = [newId(), `test/${newId()}.webp`];
  await putPublicBlob(pathname, bytes, "image/webp");
  await db().mediaFile.create({
    data: {
      ...{ id: fileId, ownerId: author.userId, name: "a.webp", type: "image/webp", bytes: bytes.length },
      ...{ pathname: `test/${fileId}`, purpose: "cover", status: "ready" },
      variants: {
        create: {
          ...{ id: newId(), kind: "image", format: "webp", type: "image/webp", width: 640, height: 640 },
          ...{ bytes: bytes.length, sha256: "", pathname },
        },
      },
    },
  });
  const postId = await createTestPost(author);
  await db().post.update({ where: { id: postId }, data: { coverFileId: fileId } });
  return postId;
}

async function filesOf(mintId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const blobs of listBlobs(tokenFolder(mintId), "public"))
    found.push(...blobs.map(({ pathname }) => pathname));
  return found;
}

/** Its task is not done by its deadline. */
async function letTaskDie(id: string): Promise<void> {
  await db().task.update({ where: { id }, data: { deadlineAt: new Date(0), leaseUntil: null } });
  await sweepTasks();
}

async function withoutCoins<R>(run: () => Promise<R>): Promise<R> {
  const { address } = privateKeyToAccount(chain.node.options.minterKey);
  const balance = await chain.node.call("eth_getBalance", [address, "latest"]);
  await chain.node.call("anvil_setBalance", [address, "0x0"]);
  try {
    return await run();
  } finally {
    await chain.node.call("anvil_setBalance", [address, balance]);
  }
}

it("stores nothing of a mint before it can be paid for", async () => {
  const postId = await createPostWithCover(artist, Buffer.from("a cover"));
  const { id } = await requestTestMint(artist, postId, newWallet());
  await withoutCoins(() => lookAtMint(id));
  expect(await readTestMint(postId)).toMatchObject({ state: "pending", metadataUrl: null });
  expect(await filesOf(id)).toEqual([]);
  await finishMints(chain, [id]);
  expect(await filesOf(id)).toHaveLength(2);
});

it("deletes the files of a mint that failed, and keeps those of another with the same cover and title", async () => {
  const cover = Buffer.from("the cover of both");
  const [postId, otherPostId] = [
    await createPostWithCover(artist, cover),
    await createPostWithCover(artist, cover),
  ];
  const other = await requestTestMint(artist, otherPostId, newWallet());
  await finishMints(chain, [other.id]);

  const failed = await requestTestMint(artist, postId, newWallet());
  // Its files are stored, and the process dies before it has a nonce.
  const heal = injectFault(async (name) => {
    if (name === "nft.metadata.stored") throw new Error("injected");
  });
  await lookAtMint(failed.id);
  heal();
  expect(await filesOf(failed.id)).toHaveLength(2);
  await letTaskDie(failed.id);
  await waitForDeferredWork();
  expect(await readTestMint(postId, artist)).toMatchObject({ state: "failed", metadataUrl: null });
  expect(await filesOf(failed.id)).toEqual([]);

  // The next mint of the post has the same bytes, and they stay.
  const again = await requestTestMint(artist, postId, newWallet());
  await finishMints(chain, [again.id]);
  expect(await filesOf(again.id)).toHaveLength(2);
  const { image } = await (await fetch(await reader.tokenUri(toTokenId(other.id).toString()))).json();
  const bytes = Buffer.from(await (await fetch(image)).arrayBuffer());
  expect(bytes).toEqual(cover);
  expect(image).toContain(createHash("sha256").update(bytes).digest("base64url"));
});

it("deletes what a look stored while its mint ended", async () => {
  const postId = await createTestPost(artist);
  const { id } = await requestTestMint(artist, postId, newWallet());
  const heal = injectFault(async (name) => {
    if (name !== "nft.metadata.stored") return;
    await db().mint.update({ where: { id }, data: { state: "failed", finishedAt: new Date() } });
  });
  await lookAtMint(id);
  heal();
  expect(await filesOf(id)).toEqual([]);
  expect(await db().chainNonce.count({ where: { mintId: id } })).toBe(0);
});

it("deletes with the tidy what a crash left, and with an account what it had stored", async () => {
  const leaver = await createMintingArtist();
  const store = async () => {
    const mint = await requestTestMint(leaver, await createTestPost(leaver), newWallet());
    const pathname = `${tokenFolder(mint.id)}a.json`;
    await putPublicBlob(pathname, Buffer.from("{}"), "application/json");
    await db().mint.update({ where: { id: mint.id }, data: { metadataUrl: publicBlobUrl(pathname) } });
    return mint.id;
  };
  const [left, pending] = [await store(), await store()];
  await db().mint.update({ where: { id: left }, data: { state: "failed", finishedAt: new Date() } });
  expect(await tidyTokenFiles()).toBe(1);
  expect([await filesOf(left), await filesOf(pending)]).toEqual([[], [`${tokenFolder(pending)}a.json`]]);
  expect(await tidyTokenFiles()).toBe(0);

  expect(await eraseMintBatch(leaver.userId)).toBe(2);
  expect(await filesOf(pending)).toEqual([]);
  expect(await db().mint.count({ where: { userId: leaver.userId } })).toBe(0);
});

it("signs nothing of a mint whose account is deleted after its nonce was given out", async () => {
  const leaver = await createMintingArtist();
  const wallet = newWallet();
  const { id } = await requestTestMint(leaver, await createTestPost(leaver), wallet);
  const erase = async () => {
    expect(await eraseMintBatch(leaver.userId)).toBe(1);
    expect(await eraseMintBatch(leaver.userId)).toBe(0);
  };
  const heal = injectFault(async (name) => {
    if (name !== "nft.nonce.assigned") return;
    // This look goes on, as one of another instance does.
    await erase();
  });
  await lookAtMint(id);
  heal();
  expect(await db().mint.count({ where: { id } })).toBe(0);
  expect(await filesOf(id)).toEqual([]);
  const open = { where: { mintId: null, state: "open" as const } };
  const { nonce } = await db().chainNonce.findFirstOrThrow(open);
  for (let look = 0; look < 2; look++) {
    await db().chainNonce.updateMany({ ...open, data: { checkedAt: new Date(0) } });
    await finishMints(chain, [(await requestTestMint(artist, await createTestPost(artist), newWallet())).id]);
  }
  expect(await reader.mintedTo(wallet.address)).toEqual([]);
  const signed = await db().chainTransaction.findMany({ where: { nonce } });
  expect(signed.map(({ isFiller }) => isFiller)).toEqual([true]);
  expect(await nonceViolations()).toEqual([]);
});
