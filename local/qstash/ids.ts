import { randomFillSync } from "node:crypto";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** 26 of 58 characters are 152 bits (slightly fewer because of the modulo): collisions are negligible. */
const ID_LENGTH = 26;

/** Filled in bulk: a system call per id was a tenth of the cost of a publish. */
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
