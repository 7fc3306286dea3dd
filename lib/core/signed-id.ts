import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { parse, stringify } from "uuid";
import { env } from "./env";

/** What a signed id may be used for; reading one with another purpose returns null. */
export type SignedIdPurpose = "confirm_address" | "reset_password";

/** A stream's id, which its browser answers heartbeats with. */
type Purpose = SignedIdPurpose | "answer_heartbeat";

const ID_BYTES = 16;
const SIGNATURE_BYTES = 32;

/**
 * Turns a row's id into a token that only this app can create, so no secret of a link is stored, neither in the row
 * nor in the task that mails it. The token has no expiry and no use count: the row has them.
 *
 * @returns 64 characters of base64url: the id's 16 bytes, then their HMAC-SHA256
 */
export function signId(purpose: Purpose, id: string): string {
  const bytes = parse(id);
  return Buffer.concat([bytes, computeIdSignature(purpose, bytes)]).toString("base64url");
}

/** The id in a token; null when the signature is invalid or for another purpose. Never throws. */
export function readSignedId(purpose: Purpose, token: string): string | null {
  const bytes = Buffer.from(token, "base64url");
  // Buffer ignores invalid base64url characters: accept only the canonical encoding.
  if (bytes.length !== ID_BYTES + SIGNATURE_BYTES || bytes.toString("base64url") !== token) return null;
  const id = bytes.subarray(0, ID_BYTES);
  if (!timingSafeEqual(bytes.subarray(ID_BYTES), computeIdSignature(purpose, id))) return null;
  try {
    return stringify(id);
  } catch {
    return null;
  }
}

/** Each purpose has a derived key, which differs from the key of access tokens (RFC 5869). */
function computeIdSignature(purpose: Purpose, id: Uint8Array): Buffer {
  const key = hkdfSync("sha256", env().AUTH_SECRET, "", `normaldance/signed-id/${purpose}`, 32);
  return createHmac("sha256", new Uint8Array(key)).update(id).digest();
}
