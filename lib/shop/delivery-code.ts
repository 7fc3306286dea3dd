import { randomInt } from "node:crypto";

/** Crockford's base 32: no two characters are confused when a code is read aloud. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP_COUNT = 5;
const GROUP_LENGTH = 5;

/** `7ZK2M-…`: 125 random bits, so codes cannot be guessed. */
export function generateDeliveryCode(): string {
  const group = () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return Array.from({ length: GROUP_COUNT }, group).join("-");
}
