import { randomFillSync } from "node:crypto";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** 26 characters of 58 are 152 bits (less a hair for the modulo): no two will ever meet. */
const ID_LENGTH = 26;

/** Drawn in bulk: asking the system for each id was a tenth of the cost of a publish. */
const randomPool = Buffer.alloc(ID_LENGTH * 256);
let poolOffset = randomPool.length;

/** An id such as `msg_2XavMmRcJHJf7HkNtNqjfVf8uQ`: letters and digits only, so it is safe in any path. */
export function newId(prefix: "msg" | "scd" | "jwt" | "sig"): string {
  if (poolOffset === randomPool.length) {
    randomFillSync(randomPool);
    poolOffset = 0;
  }
  let text = `${prefix}_`;
  for (const end = poolOffset + ID_LENGTH; poolOffset < end; poolOffset++)
    text += ALPHABET[(randomPool[poolOffset] ?? 0) % ALPHABET.length];
  return text;
}
