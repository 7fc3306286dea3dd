import { randomBytes, timingSafeEqual } from "node:crypto";
import { type Address, type Hex, isAddress, recoverMessageAddress } from "viem";
import { createSiweMessage, parseSiweMessage } from "viem/siwe";
import { now } from "../core/clock";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { keyedHash } from "../core/keyed-hash";

/** Time to sign: a hardware wallet must be found and unlocked. */
const PROOF_TTL_SECONDS = 10 * 60;
const RANDOM_BYTES = 12;
const HASH_LENGTH = 32;

/** What a message proves, and for what. */
interface ProofContext {
  userId: string;
  postId: string;
  address: Address;
  chainId: number;
}

/**
 * The message (EIP-4361) that the owner of an address signs, so that a post is minted to it. Nothing is stored: its
 * nonce carries its expiry and a hash over what it is for. A mint stores the nonce, so it is used once.
 */
export function createProofMessage(context: ProofContext): { message: string; expiresAt: string } {
  const expiresAtMs = Math.floor(now() / 1_000 + PROOF_TTL_SECONDS) * 1_000;
  const message = writeMessage(context, createNonce(context, expiresAtMs));
  return { message, expiresAt: new Date(expiresAtMs).toISOString() };
}

/** The only message with a nonce of ours: all of it follows from the nonce and what that is for. */
function writeMessage(context: ProofContext, nonce: string): string {
  const expiresAtMs = expiryOf(nonce);
  return createSiweMessage({
    domain: new URL(env().APP_URL).host,
    uri: env().APP_URL,
    version: "1",
    statement: "Mint my track as a token of this address. This costs me nothing and cannot be undone.",
    address: context.address,
    chainId: context.chainId,
    nonce,
    issuedAt: new Date(expiresAtMs - PROOF_TTL_SECONDS * 1_000),
    expirationTime: new Date(expiresAtMs),
    resources: [`${env().APP_URL}/posts/${context.postId}`],
  });
}

function expiryOf(nonce: string): number {
  return Number.parseInt(nonce.slice(0, 8), 16) * 1_000;
}

/** Hexadecimal, as EIP-4361 wants letters and digits: expiry in seconds, random bytes, hash. */
function createNonce(context: ProofContext, expiresAtMs: number): string {
  const head = `${Math.floor(expiresAtMs / 1_000).toString(16)}${randomBytes(RANDOM_BYTES).toString("hex")}`;
  return `${head}${hashOf(context, head)}`;
}

function hashOf({ userId, postId, address, chainId }: ProofContext, head: string): string {
  const data = [userId, postId, address, chainId, head].join(" ");
  return keyedHash("mint", data).toString("hex").slice(0, HASH_LENGTH);
}

/**
 * Checks that a signed message is one of ours for this user and post, that it is in time, and that the address signed
 * it.
 *
 * @returns the address, checksummed, and the nonce
 * @throws {AppError} bad_request: not such a message, or an invalid address; forbidden: not signed by the address, not
 *         for this, or expired
 */
export async function verifyProof(
  { userId, postId, chainId }: Omit<ProofContext, "address">,
  { message, signature }: { message: string; signature: string },
): Promise<{ address: Address; nonce: string }> {
  const { address, nonce } = parseSiweMessage(message);
  if (!address || !nonce || !isAddress(address))
    throw new AppError("bad_request", { message: "mint_message_invalid", field: "message" });
  const context = { userId, postId, chainId, address };
  const isOurs =
    isNonceOf(context, nonce) && writeMessage(context, nonce) === message && expiryOf(nonce) > now();
  if (!isOurs) throw new AppError("forbidden", { message: "mint_message_foreign" });
  if ((await recoverSigner(message, signature)) !== address)
    throw new AppError("forbidden", { message: "mint_address_not_proved" });
  return { address, nonce };
}

function isNonceOf(context: ProofContext, nonce: string): boolean {
  const expected = Buffer.from(hashOf(context, nonce.slice(0, -HASH_LENGTH)));
  const actual = Buffer.from(nonce.slice(-HASH_LENGTH));
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

async function recoverSigner(message: string, signature: string): Promise<Address | null> {
  try {
    return await recoverMessageAddress({ message, signature: signature as Hex });
  } catch {
    return null;
  }
}
