import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { tokenMetadataSchema } from "@/lib/schemas/mint";
import {
  askChallenge,
  finishMints,
  lookAtMint,
  newWallet,
  nonceViolations,
  readTestMint,
  requestTestMint,
  sendProof,
  TEST_CONFIRMATIONS,
} from "@/tests/support/factories/minting";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { startMintingStack } from "@/tests/support/stack/minting-stack";

const { chain, reader, artist } = await startMintingStack();

describe("minting", () => {
  it("mints a token that a client which knows nothing of the app reads", async () => {
    const postId = await createTestPost(artist);
    const wallet = newWallet();
    const { id, tokenId } = await requestTestMint(artist, postId, wallet);
    expect((await readTestMint(postId)).state).toBe("pending");
    await lookAtMint(id);
    expect((await readTestMint(postId)).state).toBe("sent");
    await chain.node.call("evm_mine");
    await lookAtMint(id);
    const mined = await readTestMint(postId);
    expect(mined).toMatchObject({
      state: "mined",
      confirmations: 1,
      confirmationsNeeded: TEST_CONFIRMATIONS,
    });
    await finishMints(chain, [id]);
    expect(await readTestMint(postId)).toMatchObject({
      ...{ state: "confirmed", failure: null, ownerAddress: wallet.address, contract: chain.contract },
      ...{ confirmations: TEST_CONFIRMATIONS, transactionHash: mined.transactionHash },
    });

    expect(await reader.ownerOf(tokenId)).toBe(wallet.address);
    expect(await reader.royalty(tokenId, 10_000n)).toEqual([wallet.address, 500n]);
    const uri = await reader.tokenUri(tokenId);
    const bytes = Buffer.from(await (await fetch(uri)).arrayBuffer());
    expect(uri).toContain(createHash("sha256").update(bytes).digest("base64url"));
    const metadata = tokenMetadataSchema.parse(JSON.parse(bytes.toString()));
    expect(metadata).toMatchObject({
      name: "A track",
      external_url: `${process.env.APP_URL}/posts/${postId}`,
    });
    expect(bytes.toString()).not.toContain(artist.userId);
    const { gasUsed } = await reader.client.getTransactionReceipt({
      hash: mined.transactionHash as `0x${string}`,
    });
    // docs/MINTING.md states it.
    expect(Number(gasUsed)).toBeLessThan(250_000);
    expect(await nonceViolations()).toEqual([]);
  });

  it("refuses addresses that cannot own a token, and messages that prove nothing", async () => {
    const postId = await createTestPost(artist);
    const stranger = await createPerson("artist");
    const wallet = newWallet();
    // An example of EIP-55 with its last letter in the other case.
    const wrong = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD";
    const zero = `0x${"0".repeat(40)}`;
    const codes = async (as: Caller, address: string) => {
      const { status, body } = await askChallenge(as, postId, address);
      return [status, body.error?.details?.[0]?.path ?? body.error?.code];
    };
    expect((await codes(artist, zero))[0]).toBe(400);
    expect((await codes(artist, chain.contract))[0]).toBe(400);
    expect((await codes(artist, "0x1234"))[0]).toBe(400);
    expect((await codes(artist, wrong))[0]).toBe(400);
    expect((await codes(artist, wallet.address.toLowerCase()))[0]).toBe(200);
    expect((await codes(stranger, wallet.address))[0]).toBe(403);
    expect((await askChallenge(artist, newId(), wallet.address)).status).toBe(404);

    const { message } = (await askChallenge(artist, postId, wallet.address)).body;
    const signature = await wallet.signMessage({ message });
    const forged = await newWallet().signMessage({ message });
    expect((await sendProof(artist, postId, { message, signature: forged })).status).toBe(403);
    // Signed by the wallet and with a nonce of ours, but with another text: the message counts as a whole.
    const changed = message.replace("This costs me nothing", "This costs me dearly");
    expect(changed).not.toBe(message);
    const signedChange = { message: changed, signature: await wallet.signMessage({ message: changed }) };
    expect((await sendProof(artist, postId, signedChange)).status).toBe(403);
    const other = await createTestPost(artist);
    expect((await sendProof(artist, other, { message, signature })).status).toBe(403);
    expect((await sendProof(stranger, postId, { message, signature })).status).toBe(403);
    expect((await sendProof(artist, postId, { message: "Hello", signature })).status).toBe(400);
    expect(await db().mint.count({ where: { postId } })).toBe(0);

    const [once, again] = await Promise.all([
      sendProof(artist, postId, { message, signature }),
      sendProof(artist, postId, { message, signature }),
    ]);
    expect([once.status, again.status]).toEqual([202, 202]);
    expect(once.body.mint.id).toBe(again.body.mint.id);
    expect((await askChallenge(artist, postId, wallet.address)).status).toBe(409);
    await finishMints(chain, [once.body.mint.id]);
    const second = await sendProof(artist, postId, { message, signature });
    expect(second.body.mint).toMatchObject({ id: once.body.mint.id, state: "confirmed" });
    expect(await reader.mintedTo(wallet.address)).toHaveLength(1);
  });
});
