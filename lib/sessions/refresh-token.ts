import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { parse, stringify } from "uuid";
import { env } from "../core/env";

/**
 * A refresh token: session, user, rotation and a nonce, signed. 91 characters.
 *
 * - The nonce (128 bits) is in tokens only, so the database and `AUTH_SECRET` together are not enough to forge one.
 * - The signature distinguishes a token that was valid once from a forged one: reuse of the former revokes the session,
 *   the latter has no effect.
 * - The next token is derived from the current one, so concurrent refreshes get the same.
 */
export interface RefreshToken {
  sessionId: string;
  userId: string;
  /** The number of rotations before this token. */
  rotation: number;
  nonce: Buffer;
}

const ID_BYTES = 16;
const ROTATION_BYTES = 4;
const NONCE_BYTES = 16;
const SIGNATURE_BYTES = 16;
const BODY_BYTES = 2 * ID_BYTES + ROTATION_BYTES + NONCE_BYTES;
const TOKEN_BYTES = BODY_BYTES + SIGNATURE_BYTES;

/** The first token of a new session. */
export function newRefreshToken(sessionId: string, userId: string): string {
  return encodeToken({ sessionId, userId, rotation: 0, nonce: randomBytes(NONCE_BYTES) });
}

/** The token of the next rotation. */
export function nextRefreshToken(token: RefreshToken): string {
  return encodeToken({ ...token, rotation: token.rotation + 1 });
}

/** Parses and verifies a token; null when we never issued it. */
export function readRefreshToken(text: string): RefreshToken | null {
  if (!/^[\w-]{91}$/.test(text)) return null;
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length !== TOKEN_BYTES || bytes.toString("base64url") !== text) return null;
  const body = bytes.subarray(0, BODY_BYTES);
  if (!timingSafeEqual(computeTokenSignature(body), bytes.subarray(BODY_BYTES))) return null;
  return {
    sessionId: stringify(body.subarray(0, ID_BYTES)),
    userId: stringify(body.subarray(ID_BYTES, 2 * ID_BYTES)),
    rotation: body.readUInt32BE(2 * ID_BYTES),
    nonce: Buffer.from(body.subarray(2 * ID_BYTES + ROTATION_BYTES)),
  };
}

/** The stored form of a token. Its nonce has enough entropy that a plain hash cannot be brute-forced. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function encodeToken({ sessionId, userId, rotation, nonce }: RefreshToken): string {
  const rotationBytes = Buffer.alloc(ROTATION_BYTES);
  rotationBytes.writeUInt32BE(rotation);
  const body = Buffer.concat([parse(sessionId), parse(userId), rotationBytes, nonce]);
  return Buffer.concat([body, computeTokenSignature(body)]).toString("base64url");
}

let signingKey: { secret: string; bytes: Buffer } | undefined;

/** Signs with a derived key, so that a signature made for another purpose is not valid here. */
function computeTokenSignature(body: Buffer): Buffer {
  const secret = env().AUTH_SECRET;
  if (signingKey?.secret !== secret)
    signingKey = { secret, bytes: Buffer.from(hkdfSync("sha256", secret, "", "refresh-token", 32)) };
  return createHmac("sha256", signingKey.bytes).update(body).digest().subarray(0, SIGNATURE_BYTES);
}
