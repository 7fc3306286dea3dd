import { randomFillSync } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Drawn in bulk: an order makes a dozen ids, and asking the system for each costs more than all else of one. */
const randomPool = Buffer.alloc(4096);
let poolOffset = randomPool.length;

/**
 * Random letters and digits; the bias of the modulo costs less than a hair of the strength.
 * @param length  at most the pool's
 */
function randomString(length: number): string {
  if (poolOffset + length > randomPool.length) {
    randomFillSync(randomPool);
    poolOffset = 0;
  }
  let text = "";
  for (const byte of randomPool.subarray(poolOffset, poolOffset + length))
    text += ALPHABET[byte % ALPHABET.length];
  poolOffset += length;
  return text;
}

const ID_LENGTHS = {
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
export function newId(prefix: keyof typeof ID_LENGTHS): string {
  return `${prefix}_${randomString(ID_LENGTHS[prefix])}`;
}
