import { env } from "../core/env";
import { db } from "../db";

/** Remembers whose link brought somebody, until they sign up. */
export const REFERRAL_COOKIE = "referral";
const REFERRAL_COOKIE_MAX_AGE_SECONDS = 30 * 86_400;

const CODE_PATTERN = /^[A-Z0-9-]{1,16}$/;

/** What people send to their friends. */
export function referralLink(code: string): string {
  return `${env().APP_URL}/r/${encodeURIComponent(code)}`;
}

/** A referral code as it is written in the database; null for what cannot be one. */
export function parseReferralCode(text: string | undefined): string | null {
  const code = text?.trim().toUpperCase() ?? "";
  return CODE_PATTERN.test(code) ? code : null;
}

/** Whether a code is somebody's. */
export async function referralCodeExists(code: string): Promise<boolean> {
  const found = await db().user.findUnique({ where: { referralCode: code }, select: { id: true } });
  return found !== null;
}

/** `Set-Cookie` for a code. Read by the server alone; sent along when people follow a link to us. */
export function referralCookie(code: string): string {
  const secure = env().APP_URL.startsWith("https:") ? "; Secure" : "";
  return `${REFERRAL_COOKIE}=${code}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${REFERRAL_COOKIE_MAX_AGE_SECONDS}${secure}`;
}
