import { randomInt } from "node:crypto";

/** Crockford's base 32: nothing in it is taken for something else when it is read aloud at a door. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP_COUNT = 5;
const GROUP_LENGTH = 5;

/** `7ZK2M-…`: 125 random bits, so nobody guesses one however many are tried. */
export function generateDeliveryCode(): string {
  const group = () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return Array.from({ length: GROUP_COUNT }, group).join("-");
}
