import { randomBytes } from "node:crypto";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** 26 characters of 58 are 152 bits (less a hair for the modulo): no two will ever meet. */
const LENGTH = 26;

/** An id such as `msg_2XavMmRcJHJf7HkNtNqjfVf8uQe`: letters and digits only, so it is safe in any path. */
export function newId(prefix: "msg" | "scd" | "jwt" | "sig"): string {
  let text = `${prefix}_`;
  for (const byte of randomBytes(LENGTH)) text += ALPHABET[byte % ALPHABET.length];
  return text;
}
