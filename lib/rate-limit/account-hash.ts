import { keyedHash } from "../core/keyed-hash";

/** 128 bits: collisions are negligible. */
const HASH_BYTES = 16;

/** An account's pseudonym in Redis keys: they contain no personal data and do not reveal the address. */
export function accountHash(email: string): string {
  return keyedHash("account", email.trim().toLowerCase()).subarray(0, HASH_BYTES).toString("base64url");
}
