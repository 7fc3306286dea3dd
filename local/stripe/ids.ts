import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Random letters and digits; the bias of the modulo costs less than a hair of the strength. */
export function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

const LENGTHS = {
  cs_test: 60,
  pi: 24,
  ch: 24,
  re: 24,
  evt: 24,
  pm: 24,
  li: 24,
  price: 24,
  prod: 14,
  txn: 24,
  req: 14,
  /** Ours, not Stripe's: one event on its way to one address. */
  del: 24,
} as const;

/** An id with the prefix and the length that Stripe's have, such as `pi_3Nx…`. */
export function newId(prefix: keyof typeof LENGTHS): string {
  return `${prefix}_${randomText(LENGTHS[prefix])}`;
}
