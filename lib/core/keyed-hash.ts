import { createHmac, hkdfSync } from "node:crypto";
import { env } from "./env";

/** What a hash is for. Each purpose has a derived key, which differs from the key of access tokens (RFC 5869). */
export type HashPurpose = "account" | "bot-webhook" | "device" | "mint" | "sound";

/**
 * HMAC-SHA256 with a secret key. A plain hash of guessable input such as an e-mail address can be reversed by
 * trying candidates; this one cannot without the key.
 */
export function keyedHash(purpose: HashPurpose, data: string | Uint8Array): Buffer {
  const key = hkdfSync("sha256", env().AUTH_SECRET, "", `normaldance/keyed-hash/${purpose}`, 32);
  return createHmac("sha256", new Uint8Array(key)).update(data).digest();
}
