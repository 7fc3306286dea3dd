import { createHmac, hkdfSync } from "node:crypto";
import { env } from "./env";

/** What a hash is for: each purpose has a key of its own, and none is the key of access tokens (RFC 5869). */
export type HashPurpose = "account" | "device";

/**
 * HMAC-SHA256 under a key that only this app has: what was hashed cannot be found out by trying, as it can from a
 * plain hash of something as guessable as an e-mail address.
 */
export function keyedHash(purpose: HashPurpose, data: string | Uint8Array): Buffer {
  const key = hkdfSync("sha256", env().AUTH_SECRET, "", `normaldance/keyed-hash/${purpose}`, 32);
  return createHmac("sha256", new Uint8Array(key)).update(data).digest();
}
