import { keyedHash } from "../core/keyed-hash";

/** Two of 2^128 are never the same by chance. */
const HASH_BYTES = 16;

/** An account's name in keys: no personal data is in Redis, and nobody who reads them can tell whose they are. */
export function accountHash(email: string): string {
  return keyedHash("account", email.trim().toLowerCase()).subarray(0, HASH_BYTES).toString("base64url");
}
