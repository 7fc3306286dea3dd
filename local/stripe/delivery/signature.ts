import { createHmac } from "node:crypto";

/**
 * The `Stripe-Signature` of a payload: HMAC over the time, a period and the exact bytes. The key is the whole secret,
 * `whsec_` included.
 *
 * @param seconds  Unix time; the SDK refuses one more than five minutes old
 */
export function signatureHeader(payload: string, secret: string, seconds: number): string {
  const digest = createHmac("sha256", secret).update(`${seconds}.${payload}`).digest("hex");
  return `t=${seconds},v1=${digest}`;
}
