import { getAccessToken, getCookie, refreshCookieName } from "../core/access-token";
import type { SignedInCaller } from "../core/permission";
import { validateAccessToken } from "./read";
import { toCaller } from "./session";

/**
 * Who sent a request: whose live session its access token is of, as the account is now; null for nobody. One call to
 * Redis. A refresh token opens nothing here: whoever copied one would stay in with it without ever changing it for the
 * next, which is what shows that there are two.
 * @throws when neither Redis nor Postgres can say
 */
export async function authenticate(request: Request): Promise<SignedInCaller | null> {
  const token = getAccessToken(request.headers);
  const session = token === null ? null : await validateAccessToken(token);
  return session && toCaller(session);
}

/** The refresh token a request carries in its cookie. */
export function getRefreshToken(headers: Headers): string | null {
  return getCookie(headers, refreshCookieName());
}
