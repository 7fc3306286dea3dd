import { createHash, randomBytes } from "node:crypto";
import { newId } from "../core/ids";

/** Long enough to change from one app to the other, and too short to be found later. */
export const LINK_CODE_MINUTES = 10;

/** Telegram allows these characters after `start=`. */
const CODE_PATTERN = /^[A-Za-z0-9_-]{22}$/;

/** SHA-256 of a code, which alone is stored. A code has 128 random bits, so it needs no key. */
export function hashLinkCode(code: string): string {
  return createHash("sha256").update(code).digest("hex");
}

export function isLinkCode(text: string): boolean {
  return CODE_PATTERN.test(text);
}

/** A code that links the person who got it in the bot. The caller stores the row. */
export function newLinkCode({ siteUrl, nowMs }: { siteUrl: string; nowMs: number }) {
  const code = randomBytes(16).toString("base64url");
  return {
    code,
    url: `${siteUrl}/me/devices?telegram=${code}`,
    row: {
      id: newId(),
      hash: hashLinkCode(code),
      expiresAt: new Date(nowMs + LINK_CODE_MINUTES * 60_000).toISOString(),
    },
  };
}
