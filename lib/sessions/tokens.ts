import { now } from "../core/clock";
import { publishOrWaitForTrustExpiry } from "./change";
import { ACCESS_TOKEN_TTL_SECONDS } from "./limits";
import { hashToken } from "./refresh-token";
import { insertRevokedToken, isTokenRevoked } from "./rows";
import * as store from "./store";

/**
 * Revokes one access token while its session continues. Writes to Postgres first; resolves when no instance accepts the
 * token. Safe to repeat.
 * @param expiresIn  seconds that the token remains valid; an access token's whole lifetime by default
 */
export async function blacklistToken(token: string, expiresIn = ACCESS_TOKEN_TTL_SECONDS): Promise<void> {
  const hash = hashToken(token);
  const expiresAt = now() + expiresIn * 1000;
  await insertRevokedToken(hash, expiresIn);
  await publishOrWaitForTrustExpiry(() => store.blacklist([{ hash, expiresAt }]));
}

/** Whether the token is blacklisted, from Postgres. (Requests check it with their session: `validateSession`.) */
export function isTokenBlacklisted(token: string): Promise<boolean> {
  return isTokenRevoked(hashToken(token));
}
