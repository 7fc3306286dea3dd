import { createHash, timingSafeEqual } from "node:crypto";

/** Compares two secrets in constant time; their lengths may differ. */
export function secretsEqual(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
