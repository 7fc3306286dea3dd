import { randomFillSync } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Filled in bulk: an order needs a dozen ids, and a system call per id costs more than the rest of it. */
const randomPool = Buffer.alloc(4096);
let poolOffset = randomPool.length;

/**
 * Random letters and digits; the bias of the modulo is negligible.
 * @param length  at most the size of the pool
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
  /** Not Stripe's: a delivery of one event. */
  del: 24,
} as const;

/** A new id with Stripe's prefix and length, such as `pi_3Nx…`. */
export function newId(prefix: keyof typeof ID_LENGTHS): string {
  return `${prefix}_${randomString(ID_LENGTHS[prefix])}`;
}
