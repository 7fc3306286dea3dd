import { getAccessToken, verifyAccessToken } from "../core/access-token";
import { clientNetwork } from "../core/client-address";

/** Our own tokens are a few hundred characters; a longer one is not worth hashing. */
const MAX_TOKEN_LENGTH = 4_096;

export interface LimitedCaller {
  /** Part of the key: `user-{id}`, `ip-{network}` or `anonymous`. */
  callerId: string;
  /** Signed in, so that this is one person and not everybody behind an address. */
  isSignedIn: boolean;
}

/** Who is to be limited: the person, else the address. */
export async function limitedCaller(headers: Headers): Promise<LimitedCaller> {
  const userId = await signedInUserId(headers);
  return userId === null ? anonymousCaller(headers) : { callerId: `user-${userId}`, isSignedIn: true };
}

/**
 * The address, as far as the environment says whose word on it to believe. Without a proxy to trust, everybody who is
 * not signed in shares one allowance: a header that the caller writes is no identity.
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
