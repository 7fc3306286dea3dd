import { timingSafeEqual } from "node:crypto";
import { parse, stringify } from "uuid";
import { getCookie } from "../core/access-token";
import { now } from "../core/clock";
import { env } from "../core/env";
import { newId } from "../core/ids";
import { keyedHash } from "../core/keyed-hash";
import { accountHash } from "./account-hash";

/**
 * Device cookies (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A browser that has signed in to an
 * account has its own bucket for that account: an attacker who guesses the password on another device uses up the
 * account's tokens, not those of the owner's browser.
 *
 * The cookie grants no access; a stolen one is worth a bucket of guesses. It is a 16-byte id (a UUID v7, so it contains
 * the time of creation) and an HMAC over the id and the account. Only with the server's key and the address can it be
 * matched to an account.
 */

const ID_BYTES = 16;
const SIGNATURE_BYTES = 32;
const LIFETIME_SECONDS = 180 * 24 * 3_600;

const cookieName = () => (env().APP_URL.startsWith("https:") ? "__Host-nd_device" : "nd_device");

/** The request's device cookie, not verified yet; null without one. Pass it to {@link verifyDeviceCookie}. */
export function getDeviceCookie(headers: Headers): string | null {
  return getCookie(headers, cookieName());
}

/** `Set-Cookie` for a browser whose user has just authenticated for the account. */
export function createDeviceCookie(email: string): string {
  const id = parse(newId());
  const token = Buffer.concat([id, computeDeviceSignature(id, email)]).toString("base64url");
  const secure = env().APP_URL.startsWith("https:") ? "; Secure" : "";
  return `${cookieName()}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${LIFETIME_SECONDS}${secure}`;
}

/** The device's id; null when the cookie is invalid, expired or for another account. Never throws. */
export function verifyDeviceCookie(token: string | null, email: string): string | null {
  if (token === null) return null;
  const bytes = Buffer.from(token, "base64url");
  // Buffer ignores invalid base64url characters: accept only the canonical encoding, so a device has one bucket.
  if (bytes.length !== ID_BYTES + SIGNATURE_BYTES || bytes.toString("base64url") !== token) return null;
  const id = bytes.subarray(0, ID_BYTES);
  if (!timingSafeEqual(bytes.subarray(ID_BYTES), computeDeviceSignature(id, email))) return null;
  const createdAtMs = id.readUIntBE(0, 6);
  return createdAtMs > now() - LIFETIME_SECONDS * 1000 ? stringify(id) : null;
}

function computeDeviceSignature(id: Uint8Array, email: string): Buffer {
  return keyedHash("device", Buffer.concat([id, Buffer.from(accountHash(email))]));
}
