import { accessCookieName, getCookie, refreshCookieName } from "../core/access-token";
import { now } from "../core/clock";
import { env } from "../core/env";
import type { IssuedTokens } from "./issue-tokens";
import { ACCESS_TOKEN_TTL_SECONDS } from "./limits";

/**
 * `Set-Cookie` headers for issued tokens. Scripts cannot read them, and other sites' writes do not send them. On an
 * HTTPS site they are `Secure` and have the `__Host-` prefix: no other host, not even a subdomain, can set them.
 */
export function sessionCookies({ accessToken, refreshToken, session }: IssuedTokens): string[] {
  const remainingSeconds = Math.ceil((session.expiresAt - now()) / 1000);
  return [
    serializeCookie(accessCookieName(), accessToken, Math.min(ACCESS_TOKEN_TTL_SECONDS, remainingSeconds)),
    serializeCookie(refreshCookieName(), refreshToken, remainingSeconds),
  ];
}

/** `Set-Cookie` headers that delete both cookies. */
export function clearedSessionCookies(): string[] {
  return [accessCookieName(), refreshCookieName()].map((name) => serializeCookie(name, "", 0));
}

/** The refresh token in a request's cookie. */
export function getRefreshToken(headers: Headers): string | null {
  return getCookie(headers, refreshCookieName());
}

function serializeCookie(name: string, value: string, maxAgeSeconds: number): string {
  const secure = env().APP_URL.startsWith("https:") ? "; Secure" : "";
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
}
