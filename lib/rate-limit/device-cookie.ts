import { timingSafeEqual } from "node:crypto";
import { parse, stringify } from "uuid";
import { getCookie } from "../core/access-token";
import { now } from "../core/clock";
import { env } from "../core/env";
import { newId } from "../core/ids";
import { keyedHash } from "../core/keyed-hash";
import { accountHash } from "./account-hash";

/**
 * Device cookies (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A browser in which somebody signed
 * in says so the next time, and its attempts for that account are counted apart: whoever keeps guessing an account's
 * password from elsewhere uses up the account's attempts, not its owner's.
 *
 * The cookie opens nothing, and a stolen one is worth an allowance of guesses. It is 16 bytes of id (a UUID v7, so
 * also of when) and an HMAC over the id and the account: it says whose it is to who knows the address, and to nobody
 * else.
 */

const ID_BYTES = 16;
const SIGNATURE_BYTES = 32;
const LIFETIME_SECONDS = 180 * 24 * 3_600;

const cookieName = () => (env().APP_URL.startsWith("https:") ? "__Host-nd_device" : "nd_device");

/** The device cookie that a request carries; null without one. Whether it is good {@link verifyDeviceCookie} knows. */
export function getDeviceCookie(headers: Headers): string | null {
  return getCookie(headers, cookieName());
}

/** `Set-Cookie` for a browser in which somebody has just proved that an account is theirs. */
export function createDeviceCookie(email: string): string {
  const id = parse(newId());
  const token = Buffer.concat([id, computeDeviceSignature(id, email)]).toString("base64url");
  const secure = env().APP_URL.startsWith("https:") ? "; Secure" : "";
  return `${cookieName()}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${LIFETIME_SECONDS}${secure}`;
}

/** The device's id, when the cookie is one of this account's and not too old; else null. Never throws. */
export function verifyDeviceCookie(token: string | null, email: string): string | null {
  if (token === null) return null;
  const bytes = Buffer.from(token, "base64url");
  // Buffer skips what is no base64url: one device has one spelling, and one allowance.
  if (bytes.length !== ID_BYTES + SIGNATURE_BYTES || bytes.toString("base64url") !== token) return null;
  const id = bytes.subarray(0, ID_BYTES);
  if (!timingSafeEqual(bytes.subarray(ID_BYTES), computeDeviceSignature(id, email))) return null;
  const createdAtMs = id.readUIntBE(0, 6);
  return createdAtMs > now() - LIFETIME_SECONDS * 1000 ? stringify(id) : null;
}

function computeDeviceSignature(id: Uint8Array, email: string): Buffer {
  return keyedHash("device", Buffer.concat([id, Buffer.from(accountHash(email))]));
}
