import { randomFillSync } from "node:crypto";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** 26 characters of 58 are 152 bits (less a hair for the modulo): no two will ever meet. */
const LENGTH = 26;

/** Drawn in bulk: asking the system for each id was a tenth of the cost of a publish. */
const pool = Buffer.alloc(LENGTH * 256);
let used = pool.length;

/** An id such as `msg_2XavMmRcJHJf7HkNtNqjfVf8uQ`: letters and digits only, so it is safe in any path. */
export function newId(prefix: "msg" | "scd" | "jwt" | "sig"): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = `${prefix}_`;
  for (const end = used + LENGTH; used < end; used++) text += ALPHABET[(pool[used] ?? 0) % ALPHABET.length];
  return text;
}
