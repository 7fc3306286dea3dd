import { type Address, getAddress, isAddress, zeroAddress } from "viem";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { db, existingPost, isForeignKeyViolation, isUniqueViolation, transaction } from "../db";
import type { MintView } from "../schemas/mint";
import { backgroundTaskService } from "../tasks";
import { isMintingAvailable } from "./availability";
import { type Chain, chain, isContract, verifiedChain } from "./chain";
import { createMint } from "./mint-budget";
import { mintSubject, toMintView } from "./mint-row";
import { createProofMessage, verifyProof } from "./ownership-proof";

/**
 * The message that an artist signs with the key of an address, so that a post of theirs is minted to it.
 *
 * @throws {AppError} bad_request: an invalid address; not_found; forbidden: someone else's post, or the artist's mail
 *         address is not confirmed; conflict: it is minted already, or its sound or cover is not ready; not_available;
 *         unavailable: the node does not answer
 */
export async function createMintChallenge(
  caller: Caller,
  postId: string,
  input: { address: string },
): Promise<{ message: string; address: string; expiresAt: string }> {
  const current = requireSetUp();
  const address = parseOwner(input.address);
  await requireMintable(caller, postId);
  await requireKeyHolder(current, address);
  const { message, expiresAt } = createProofMessage({
    userId: caller.userId,
    postId,
    address,
    chainId: current.id,
  });
  return { message, address, expiresAt };
}

/**
 * Begins the mint of an artist's own post to the address that signed the message. Safe to repeat: the same message is
 * the same mint.
 *
 * @throws {AppError} as {@link createMintChallenge}; forbidden when the message is not the address's own; rate_limited
 *         after as many mints as a day allows
 */
export async function requestMint(
  caller: Caller,
  postId: string,
  signed: { message: string; signature: string },
): Promise<MintView> {
  const current = requireSetUp();
  const { address, nonce } = await verifyProof(
    { userId: caller.userId, postId, chainId: current.id },
    signed,
  );
  const repeated = await findByProof(nonce);
  if (repeated) return repeated;
  const owner = parseOwner(address);
  try {
    await requireMintable(caller, postId);
    await requireKeyHolder(current, owner);
    return await insertMint(current, { caller, postId, owner, proofNonce: nonce });
  } catch (error) {
    // The same message at the same time, which has minted the post or was the last that a day allows.
    const winner = await findByProof(nonce);
    if (winner) return winner;
    // Deleted meanwhile.
    if (isForeignKeyViolation(error))
      throw new AppError("not_found", { message: "post_not_found", cause: error });
    // Another mint of the post.
    if (isUniqueViolation(error)) throw new AppError("conflict", { message: "already_minted", cause: error });
    throw error;
  }
}

interface NewMint {
  caller: Caller;
  postId: string;
  owner: Address;
  proofNonce: string;
}

function insertMint({ id: chainId, contract }: Chain, mint: NewMint): Promise<MintView> {
  const { caller, postId, owner, proofNonce } = mint;
  return transaction(async (tx) => {
    const taskId = await backgroundTaskService.mintNft(
      { postId, ownerAddress: owner, metadata: {} },
      { tx, ownerId: caller.userId, subject: mintSubject(postId) },
    );
    const row = await createMint(tx, {
      ...{ id: taskId, postId, userId: caller.userId, ownerAddress: owner, chainId, contract, proofNonce },
    });
    return toMintView(row);
  });
}

/** @throws {AppError} not_available */
function requireSetUp(): Chain {
  if (!isMintingAvailable()) throw new AppError("not_available", { message: "minting_not_available" });
  return chain();
}

async function findByProof(proofNonce: string): Promise<MintView | null> {
  const row = await db().mint.findUnique({ where: { proofNonce } });
  return row && toMintView(row);
}

/** @throws {AppError} bad_request: no address, or one without a key */
function parseOwner(text: string): Address {
  // One in a single case has no checksum; viem then accepts lower case only.
  const hex = /^0[xX]([0-9a-fA-F]{40})$/.exec(text)?.[1];
  const candidate = hex !== undefined && hex === hex.toUpperCase() ? `0x${hex.toLowerCase()}` : text;
  if (!isAddress(candidate))
    throw new AppError("bad_request", { message: "mint_address_invalid", field: "address" });
  const address = getAddress(candidate);
  if (address === zeroAddress)
    throw new AppError("bad_request", { message: "mint_address_zero", field: "address" });
  return address;
}

/** @throws {AppError} not_found, forbidden, conflict */
async function requireMintable({ userId }: Caller, postId: string): Promise<void> {
  const post = await db().post.findUnique({
    where: { id: postId, ...existingPost },
    select: {
      authorId: true,
      author: { select: { confirmedAt: true } },
      audioFile: { select: { track: { select: { status: true } } } },
      coverFile: { select: { status: true } },
      mints: { where: { state: { not: "failed" } }, take: 1, select: { id: true } },
    },
  });
  if (!post) throw new AppError("not_found", { message: "post_not_found" });
  if (post.authorId !== userId) throw new AppError("forbidden", { message: "mint_not_yours" });
  // As for artists: one mail box per account makes accounts less cheap.
  if (post.author.confirmedAt === null) throw new AppError("forbidden", { message: "address_not_confirmed" });
  if (post.mints.length > 0) throw new AppError("conflict", { message: "already_minted" });
  // The token would be without the sound, or the cover, for ever.
  if (post.audioFile && post.audioFile.track?.status !== "ready")
    throw new AppError("conflict", { message: "mint_sound_not_ready" });
  if (post.coverFile?.status === "processing")
    throw new AppError("conflict", { message: "mint_cover_not_ready" });
}

/** @throws {AppError} bad_request for a contract; unavailable when the node does not answer or is the wrong one */
async function requireKeyHolder(current: Chain, address: Address): Promise<void> {
  let isCode: boolean;
  try {
    await verifiedChain();
    isCode = await isContract(current, address);
  } catch (cause) {
    log().error({ err: cause }, "mint not begun: the chain cannot be asked");
    throw new AppError("unavailable", { message: "minting_unavailable", retryAfterSeconds: 30, cause });
  }
  if (isCode) throw new AppError("bad_request", { message: "mint_address_contract", field: "address" });
}
