import { getAccessToken, getCookie, refreshCookieName } from "../core/access-token";
import type { SignedInCaller } from "../core/permission";
import { validateAccessToken } from "./read";
import { toCaller } from "./session";

/**
 * Authenticates a request by the live session of its access token, with the account's current role and name; null for
 * an anonymous request. One call to Redis. Refresh tokens are not accepted: a stolen one would work without rotation,
 * and only rotation detects theft.
 * @throws when neither Redis nor Postgres is available
 */
export async function authenticate(request: Request): Promise<SignedInCaller | null> {
  const token = getAccessToken(request.headers);
  const session = token === null ? null : await validateAccessToken(token);
  return session && toCaller(session);
}

/** The refresh token in a request's cookie. */
export function getRefreshToken(headers: Headers): string | null {
  return getCookie(headers, refreshCookieName());
}
