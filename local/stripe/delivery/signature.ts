import { createHmac } from "node:crypto";

/**
 * `Stripe-Signature` for a payload sent now: the whole secret, `whsec_` included, is the key, and what is signed
 * is the time, a point and the exact bytes.
 *
 * @param seconds  Unix time; the SDK refuses one more than five minutes old
 */
export function signatureHeader(payload: string, secret: string, seconds: number): string {
  const digest = createHmac("sha256", secret).update(`${seconds}.${payload}`).digest("hex");
  return `t=${seconds},v1=${digest}`;
}
