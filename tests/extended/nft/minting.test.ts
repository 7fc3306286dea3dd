import { describe, expect, it } from "vitest";
import { env } from "@/lib/core/env";
import { injectFault } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { messageText } from "@/lib/core/messages";
import { db } from "@/lib/db";
import { findMintOutcome } from "@/lib/nft/find-outcome";
import { MAX_MINTS_PER_ARTIST_PER_DAY } from "@/lib/nft/mint-budget";
import { createProofMessage } from "@/lib/nft/ownership-proof";
import { toTokenId } from "@/lib/nft/token-id";
import { publicBlobUrl, putPublicBlob } from "@/lib/storage";
import { backgroundTaskService, sweepTasks } from "@/lib/tasks";
import {
  ageMints,
  askChallenge,
  finishMints,
  lookAtMint,
  newWallet,
  nonceViolations,
  readTestMint,
  requestTestMint,
  sendProof,
} from "@/tests/support/factories/minting";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { createPlayablePost } from "@/tests/support/factories/play-tools";
import { runTasks } from "@/tests/support/factories/shop";
import { startMintingStack } from "@/tests/support/stack/minting-stack";

const { chain, reader, artist } = await startMintingStack();

describe("minting", () => {
  it("mints again after a reorganisation, under the same nonce", async () => {
    const postId = await createTestPost(artist);
    const wallet = newWallet();
    const { id, tokenId } = await requestTestMint(artist, postId, wallet);
    await lookAtMint(id);
    await chain.node.call("evm_mine");
    await chain.node.call("evm_mine");
    await chain.node.call("evm_mine");
    await lookAtMint(id);
    expect(await readTestMint(postId)).toMatchObject({ state: "mined", confirmations: 3 });
    await chain.node.call("anvil_reorg", [3, []]);
    await lookAtMint(id);
    expect(await readTestMint(postId)).toMatchObject({ state: "sent", blockNumber: null });
    await finishMints(chain, [id]);
    expect(await reader.ownerOf(tokenId)).toBe(wallet.address);
    expect(await nonceViolations()).toEqual([]);
  });

  it("signs the mint in a look that read the row before another look stored its metadata", async () => {
    const postId = await createTestPost(artist);
    const { id } = await requestTestMint(artist, postId, newWallet());
    const early = await db().mint.findUniqueOrThrow({ where: { id } });
    const heal = injectFault(async (name) => {
      if (name === "nft.nonce.assigned") throw new Error("the other look ends here");
    });
    await lookAtMint(id);
    heal();
    await findMintOutcome(early, {});
    const signed = await db().chainTransaction.findMany({ where: { of: { mintId: id } } });
    expect(signed.map(({ isFiller }) => isFiller)).toEqual([false]);
    await finishMints(chain, [id]);
    expect(await readTestMint(postId)).toMatchObject({ state: "confirmed" });
  });

  it("replaces a transaction whose fee is too low, and waits for coins with an alert", async () => {
    const postId = await createTestPost(artist);
    const wallet = newWallet();
    const { id } = await requestTestMint(artist, postId, wallet);
    await lookAtMint(id);
    const [first] = await db().chainTransaction.findMany({ where: { of: { mintId: id } } });
    const baseFee = (BigInt(first?.maxFee.toFixed() ?? 0) * 3n) / 2n;
    await chain.node.call("anvil_setNextBlockBaseFeePerGas", [`0x${baseFee.toString(16)}`]);
    await chain.node.call("evm_mine");
    expect(await reader.mintedTo(wallet.address)).toEqual([]);
    await db().chainTransaction.updateMany({
      where: { hash: first?.hash ?? "" },
      data: { createdAt: new Date(Date.now() - 60_000) },
    });
    await lookAtMint(id);
    expect(await db().chainTransaction.count({ where: { of: { mintId: id } } })).toBe(2);
    await finishMints(chain, [id]);
    expect(await reader.mintedTo(wallet.address)).toHaveLength(1);

    const account = (await db().chainNonce.findFirstOrThrow()).account;
    const balance = await chain.node.call("eth_getBalance", [account, "latest"]);
    await chain.node.call("anvil_setBalance", [account, "0x0"]);
    const poor = await requestTestMint(artist, await createTestPost(artist), newWallet());
    await lookAtMint(poor.id);
    const alert = { where: { kind: "minter_funds", closedAt: null } };
    expect(await db().alert.count(alert)).toBe(1);
    await chain.node.call("anvil_setBalance", [account, balance]);
    await finishMints(chain, [poor.id]);
    expect(await db().alert.count(alert)).toBe(0);
    expect(await nonceViolations()).toEqual([]);
  });

  it("begins as many mints as a day allows, of an artist and of all, and only with a confirmed mail address", async () => {
    const prolific = await createPerson("artist");
    await db().user.update({ where: { id: prolific.userId }, data: { confirmedAt: null } });
    const prove = async (postId: string) => {
      const wallet = newWallet();
      const { message } = createProofMessage({
        ...{ userId: prolific.userId, postId, address: wallet.address, chainId: chain.chainId },
      });
      return { message, signature: await wallet.signMessage({ message }) };
    };
    const begin = async () => {
      const postId = await createTestPost(prolific);
      return sendProof(prolific, postId, await prove(postId));
    };
    const unconfirmed = await askChallenge(prolific, await createTestPost(prolific), newWallet().address);
    expect([unconfirmed.status, unconfirmed.body.error.message]).toEqual([
      403,
      messageText("address_not_confirmed", "en"),
    ]);
    expect((await begin()).status).toBe(403);
    await db().user.update({ where: { id: prolific.userId }, data: { confirmedAt: new Date() } });

    const ids: string[] = [];
    for (let count = 0; count < MAX_MINTS_PER_ARTIST_PER_DAY - 1; count++) {
      const { status, body } = await begin();
      expect(status).toBe(202);
      ids.push(body.mint.id);
    }
    // The last one is requested twice at once, with the same message: it is one mint.
    const postId = await createTestPost(prolific);
    const proof = await prove(postId);
    const twice = await Promise.all([1, 2].map(() => sendProof(prolific, postId, proof)));
    expect(twice.map(({ status }) => status)).toEqual([202, 202]);
    const refused = await begin();
    expect([refused.status, refused.body.error.code]).toEqual([429, "rate_limited"]);
    expect(refused.headers.get("retry-after")).toMatch(/^86[34]\d\d$/);
    // The same message is the same mint, which is no new one.
    expect((await sendProof(prolific, postId, proof)).status).toBe(202);

    // One that failed has cost nothing.
    await db().mint.update({ where: { id: ids[0] ?? "" }, data: { state: "failed" } });
    const [one, other] = await Promise.all([begin(), begin()]);
    expect([one.status, other.status].sort()).toEqual([202, 429]);

    await ageMints(prolific.userId);
    const others = Array.from({ length: env().MINT_DAILY_LIMIT }, () => ({
      ...{ id: newId(), ownerAddress: newWallet().address, chainId: 1, contract: chain.contract },
    }));
    await db().mint.createMany({ data: others });
    expect((await begin()).status).toBe(429);
    await db().mint.deleteMany({ where: { id: { in: others.map(({ id }) => id) } } });
    expect((await begin()).status).toBe(202);
    await db().task.deleteMany({ where: { ownerId: prolific.userId } });
    await db().mint.deleteMany({ where: { userId: prolific.userId } });
  });

  it("ends with a task that is not done by its deadline, so that the artist may try again", async () => {
    const postId = await createTestPost(artist);
    const { id } = await requestTestMint(artist, postId, newWallet());
    await db().task.update({ where: { id }, data: { deadlineAt: new Date(0), leaseUntil: null } });
    await sweepTasks();
    expect(await db().task.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: "dead" });
    expect(await readTestMint(postId, artist)).toMatchObject({ id, state: "failed", failure: "abandoned" });
    // Others see neither it nor its address.
    expect(await readTestMint(postId)).toBeNull();
    expect(await readTestMint(postId, await createPerson("artist"))).toBeNull();

    const again = await requestTestMint(artist, postId, newWallet());
    expect(await readTestMint(postId)).toMatchObject({ id: again.id, state: "pending" });
    // An operator who replays it changes nothing.
    await db().task.update({
      where: { id },
      data: { state: "pending", deadlineAt: new Date(Date.now() + 3_600_000), finishedAt: null },
    });
    await runTasks([{ id, queue: "nft-minting" }]);
    expect(await db().task.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: "done" });
    await finishMints(chain, [again.id]);
    expect((await readTestMint(postId)).state).toBe("confirmed");
  });

  it("waits for coins an hour at most between two looks, and a week at most in all", async () => {
    const account = (await db().chainNonce.findFirstOrThrow()).account;
    const balance = await chain.node.call("eth_getBalance", [account, "latest"]);
    await chain.node.call("anvil_setBalance", [account, "0x0"]);
    const postId = await createTestPost(artist);
    const { id } = await requestTestMint(artist, postId, newWallet());
    const nextDelay = async () => {
      await lookAtMint(id);
      const { taskId } = await db().mint.findUniqueOrThrow({ where: { id }, select: { taskId: true } });
      const { notBefore } = await db().task.findUniqueOrThrow({ where: { id: taskId ?? "" } });
      return Math.round((notBefore.getTime() - Date.now()) / 1_000);
    };
    const delays: number[] = [];
    for (let look = 0; look < 16; look++) delays.push(await nextDelay());
    expect(delays[0]).toBeGreaterThan(250);
    expect(delays[11]).toBeGreaterThan(500);
    expect(delays[15]).toBeGreaterThan(3_500);
    expect(Math.max(...delays)).toBeLessThanOrEqual(3_600);
    await db().mint.update({ where: { id }, data: { createdAt: new Date(Date.now() - 8 * 86_400_000) } });
    await lookAtMint(id);
    expect(await readTestMint(postId, artist)).toMatchObject({ state: "failed", failure: "abandoned" });
    await chain.node.call("anvil_setBalance", [account, balance]);
    const again = await requestTestMint(artist, postId, newWallet());
    await finishMints(chain, [again.id]);
    expect((await readTestMint(postId)).state).toBe("confirmed");
    expect(await nonceViolations()).toEqual([]);
  });

  it("waits for the sound and the cover that the token's metadata refers to", async () => {
    const postId = await createPlayablePost(artist);
    const { audioFileId } = await db().post.findUniqueOrThrow({ where: { id: postId } });
    const fileId = audioFileId ?? "";
    const pathname = `test/${newId()}.m4a`;
    await db().mediaVariant.create({
      data: {
        ...{ id: newId(), fileId, kind: "rendition", format: "aac", type: "audio/mp4" },
        ...{ bytes: 1, sha256: "", pathname },
      },
    });
    const [coverFileId, coverPathname] = [newId(), `test/${newId()}.webp`];
    await putPublicBlob(coverPathname, Buffer.from("a cover"), "image/webp");
    await db().mediaFile.create({
      data: {
        ...{ id: coverFileId, ownerId: artist.userId, name: "a.webp", type: "image/webp", bytes: 7 },
        ...{ pathname: `test/${coverFileId}`, purpose: "cover", status: "processing" },
      },
    });
    const { address } = newWallet();
    expect((await askChallenge(artist, postId, address)).status).toBe(200);
    await db().post.update({ where: { id: postId }, data: { coverFileId } });
    expect((await askChallenge(artist, postId, address)).status).toBe(409);
    for (const status of ["failed", "processing"] as const) {
      await db().track.update({ where: { fileId }, data: { status } });
      expect((await askChallenge(artist, postId, address)).status, status).toBe(409);
    }
    const id = await backgroundTaskService.mintNft({ postId, ownerAddress: address, metadata: {} });
    for (const status of ["processing", "failed", "ready"] as const) {
      await db().track.update({ where: { fileId }, data: { status } });
      await lookAtMint(id);
      expect(await readTestMint(postId), status).toMatchObject({ state: "pending", metadataUrl: null });
    }
    await db().mediaFile.update({
      where: { id: coverFileId },
      data: {
        status: "ready",
        variants: {
          create: {
            ...{ id: newId(), kind: "image", format: "webp", type: "image/webp", width: 640, height: 640 },
            ...{ bytes: 7, sha256: "", pathname: coverPathname },
          },
        },
      },
    });
    await finishMints(chain, [id]);
    const metadata = await (await fetch(await reader.tokenUri(toTokenId(id).toString()))).json();
    expect(metadata.animation_url).toBe(publicBlobUrl(pathname));
    expect(await (await fetch(metadata.image)).text()).toBe("a cover");
  });

  it("mints one of two tasks of a post that were enqueued without a request", async () => {
    const postId = await createTestPost(artist);
    const { address } = newWallet();
    const payload = { postId, ownerAddress: address, metadata: { mood: "calm", name: "Mine" } };
    const first = await backgroundTaskService.mintNft(payload);
    const second = await backgroundTaskService.mintNft(payload);
    await lookAtMint(first);
    await lookAtMint(second);
    await finishMints(chain, [first]);
    const tokens = await reader.mintedTo(address);
    expect(tokens).toHaveLength(1);
    const metadata = await (await fetch(await reader.tokenUri(tokens[0] ?? ""))).json();
    expect(metadata).toMatchObject({ mood: "calm", name: "A track" });
    expect((await db().task.findUniqueOrThrow({ where: { id: second } })).state).toBe("dead");
  });
});
