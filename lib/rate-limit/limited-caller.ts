import { accessTokenOf, verifyAccessToken } from "../core/access-token";
import { clientNetwork } from "../core/client-address";

/** Our own tokens are a few hundred characters; a longer one is not worth hashing. */
const LONGEST_TOKEN = 4_096;

export interface LimitedCaller {
  /** Part of the key: `user-{id}`, `ip-{network}` or `anonymous`. */
  who: string;
  /** Signed in, so that this is one person and not everybody behind an address. */
  isPerson: boolean;
}

/** Who is to be limited: the person, else the address. */
export async function limitedCaller(headers: Headers): Promise<LimitedCaller> {
  const userId = await signedInUser(headers);
  return userId === null ? stranger(headers) : { who: `user-${userId}`, isPerson: true };
}

/**
 * The address, as far as the environment says whose word on it to believe. Without a proxy to trust, everybody who is
 * not signed in shares one allowance: a header that the caller writes is no identity.
 */
export function stranger(headers: Headers): LimitedCaller {
  const address = clientNetwork(headers);
  return { who: address === null ? "anonymous" : `ip-${address}`, isPerson: false };
}

async function signedInUser(headers: Headers): Promise<string | null> {
  const token = accessTokenOf(headers);
  if (token === null || token.length > LONGEST_TOKEN) return null;
  const caller = await verifyAccessToken(token);
  return caller?.userId ?? null;
}
