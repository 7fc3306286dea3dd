import { env } from "../core/env";
import { db } from "../db";

/** Cookie with the referral code of the link that a visitor followed, until they sign up. */
export const REFERRAL_COOKIE = "referral";
const REFERRAL_COOKIE_MAX_AGE_SECONDS = 30 * 86_400;

const CODE_PATTERN = /^[A-Z0-9-]{1,16}$/;

/** The link that a user shares. */
export function referralLink(code: string): string {
  return `${env().APP_URL}/r/${encodeURIComponent(code)}`;
}

/** A referral code as it is stored in the database; null for a text that cannot be one. */
export function parseReferralCode(text: string | undefined): string | null {
  const code = text?.trim().toUpperCase() ?? "";
  return CODE_PATTERN.test(code) ? code : null;
}

/** Whether an account has this code. */
export async function referralCodeExists(code: string): Promise<boolean> {
  const found = await db().user.findUnique({
    where: { referralCode: code, deletedAt: null },
    select: { id: true },
  });
  return found !== null;
}

/** `Set-Cookie` for a code: HttpOnly; Lax, so that it is sent when a visitor follows a link to this site. */
export function referralCookie(code: string): string {
  const secure = env().APP_URL.startsWith("https:") ? "; Secure" : "";
  return `${REFERRAL_COOKIE}=${code}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${REFERRAL_COOKIE_MAX_AGE_SECONDS}${secure}`;
}
