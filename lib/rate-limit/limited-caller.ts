import { getAccessToken, verifyAccessToken } from "../core/access-token";
import { clientNetwork } from "../core/client-address";

/** Our tokens have a few hundred characters; longer ones are not verified, and the caller counts as anonymous. */
const MAX_TOKEN_LENGTH = 4_096;

export interface LimitedCaller {
  /** Part of the key: `user-{id}`, `ip-{network}` or `anonymous`. */
  callerId: string;
  /** One user, rather than all callers behind an address. */
  isSignedIn: boolean;
}

/** The caller that limits count by: the signed-in user, else the address. */
export async function limitedCaller(headers: Headers): Promise<LimitedCaller> {
  const userId = await signedInUserId(headers);
  return userId === null ? anonymousCaller(headers) : { callerId: `user-${userId}`, isSignedIn: true };
}

/**
 * The caller by address, if `TRUST_PROXY` trusts a proxy. Without one, all anonymous callers share one bucket: a header
 * that the caller itself can write proves nothing.
 */
export function anonymousCaller(headers: Headers): LimitedCaller {
  const network = clientNetwork(headers);
  return { callerId: network === null ? "anonymous" : `ip-${network}`, isSignedIn: false };
}

async function signedInUserId(headers: Headers): Promise<string | null> {
  const token = getAccessToken(headers);
  if (token === null || token.length > MAX_TOKEN_LENGTH) return null;
  const caller = await verifyAccessToken(token);
  return caller?.userId ?? null;
}
