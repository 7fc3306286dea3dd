import { type Caller, signAccessToken } from "../core/access-token";
import { now } from "../core/clock";

/** One evening of listening. Refresh tokens will let this shrink to minutes. */
export const ACCESS_TOKEN_TTL_SECONDS = 12 * 3_600;

export interface IssuedAccess {
  accessToken: string;
  /** ISO 8601, UTC */
  expiresAt: string;
}

/** Issues an access token for somebody who has just proved who they are. */
export async function issueAccess(caller: Caller): Promise<IssuedAccess> {
  const accessToken = await signAccessToken(caller, ACCESS_TOKEN_TTL_SECONDS);
  return { accessToken, expiresAt: new Date(now() + ACCESS_TOKEN_TTL_SECONDS * 1000).toISOString() };
}
