import { randomInt } from "node:crypto";

/** Crockford's base 32: nothing in it is taken for something else when it is read aloud at a door. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS = 5;
const GROUP_LENGTH = 5;

/** `7ZK2M-…`: 125 random bits, so nobody guesses one however many are tried. */
export function newCode(): string {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}
