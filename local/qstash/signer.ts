import { createHash, createHmac } from "node:crypto";
import { newId } from "./ids";

const LIFETIME_SECONDS = 300;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const HEADER = encode({ alg: "HS256", typ: "JWT" });

/**
 * The `Upstash-Signature` of one request: a JWT over its URL and the hash of its body.
 *
 * @param key  the signing key with its `sig_` prefix; its UTF-8 bytes are the secret
 * @param url  the published destination, which receivers compare with
 * @param now  unix ms
 */
export function sign(key: string, url: string, body: Buffer, now: number): string {
  const issuedAt = Math.floor(now / 1000);
  const payload = encode({
    iss: "Upstash",
    sub: url,
    exp: issuedAt + LIFETIME_SECONDS,
    nbf: 0,
    iat: issuedAt,
    jti: newId("jwt"),
    body: createHash("sha256").update(body).digest("base64url"),
  });
  const signature = createHmac("sha256", key).update(`${HEADER}.${payload}`).digest("base64url");
  return `${HEADER}.${payload}.${signature}`;
}
