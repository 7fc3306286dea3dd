import { accessTokenOf, type Caller, verifyAccessToken } from "../core/access-token";

/**
 * Who sent a request: the caller its access token speaks for, or null. The signature alone is checked;
 * whether the session still stands will be asked here when sessions are rows.
 */
export async function authenticate(request: Request): Promise<Caller | null> {
  const token = accessTokenOf(request.headers);
  return token === null ? null : verifyAccessToken(token);
}
