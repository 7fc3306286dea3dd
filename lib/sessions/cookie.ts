import { ACCESS_COOKIE } from "../core/access-token";
import { env } from "../core/env";
import { ACCESS_TOKEN_TTL_SECONDS } from "./access";

/** `Set-Cookie` for a new access token. Not readable by scripts; not sent along with other sites' writes. */
export function accessCookie(token: string): string {
  return cookie(token, ACCESS_TOKEN_TTL_SECONDS);
}

/** `Set-Cookie` that takes the token away. */
export function clearedAccessCookie(): string {
  return cookie("", 0);
}

function cookie(value: string, maxAgeSeconds: number): string {
  const secure = env().APP_URL.startsWith("https:") ? "; Secure" : "";
  return `${ACCESS_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
}
