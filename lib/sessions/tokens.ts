import { now } from "../core/clock";
import { publishOrWaitForTrustExpiry } from "./change";
import { ACCESS_TOKEN_TTL_SECONDS } from "./limits";
import { hashToken } from "./refresh-token";
import { insertRevokedToken, isTokenRevoked } from "./rows";
import * as store from "./store";

/**
 * Makes one access token good no more, while its session goes on. In Postgres first; resolves when no instance lets
 * it in. Safe to repeat.
 * @param expiresIn  seconds it would still be good for; an access token's whole life unless said
 */
export async function blacklistToken(token: string, expiresIn = ACCESS_TOKEN_TTL_SECONDS): Promise<void> {
  const hash = hashToken(token);
  const expiresAt = now() + expiresIn * 1000;
  await insertRevokedToken(hash, expiresIn);
  await publishOrWaitForTrustExpiry(() => store.blacklist([{ hash, expiresAt }]));
}

/** Whether it was blacklisted, as Postgres has it. (A request asks with its session: `validateSession`.) */
export function isTokenBlacklisted(token: string): Promise<boolean> {
  return isTokenRevoked(hashToken(token));
}
