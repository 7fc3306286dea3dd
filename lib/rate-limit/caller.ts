import { accessTokenOf, verifyAccessToken } from "../core/access-token";
import { env } from "../core/env";
import { networkOf } from "./address";

/** Our own tokens are a few hundred characters; a longer one is not worth hashing. */
const LONGEST_TOKEN = 4_096;

export interface LimitedCaller {
  /** Part of the key: `user-{id}`, `ip-{network}` or `anonymous`. */
  who: string;
  /** Signed in, so that this is one person and not everybody behind an address. */
  isPerson: boolean;
}

/**
 * Who is to be limited: the person, else the address, as far as the environment says whose word on it to
 * believe. Without a proxy to trust, everybody who is not signed in shares one allowance: a header that
 * the caller writes is no identity.
 */
export async function limitedCaller(headers: Headers): Promise<LimitedCaller> {
  const userId = await signedInUser(headers);
  if (userId !== null) return { who: `user-${userId}`, isPerson: true };
  const address = clientAddress(headers);
  return { who: address === null ? "anonymous" : `ip-${address}`, isPerson: false };
}

async function signedInUser(headers: Headers): Promise<string | null> {
  const token = accessTokenOf(headers);
  if (token === null || token.length > LONGEST_TOKEN) return null;
  const caller = await verifyAccessToken(token);
  return caller?.userId ?? null;
}

/** The client's network by `TRUST_PROXY`; null when nobody trustworthy names it, or what they name is none. */
export function clientAddress(headers: Headers): string | null {
  const named = namedAddress(headers);
  return named ? networkOf(named) : null;
}

function namedAddress(headers: Headers): string | null | undefined {
  const trust = env().TRUST_PROXY;
  if (trust === "none") return null;
  if (trust === "vercel") return headers.get("x-real-ip");
  // Each proxy of ours appended whom it heard from; what stands further left the caller may have made up.
  return headers.get("x-forwarded-for")?.split(",").at(-trust);
}
