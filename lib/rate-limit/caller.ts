import { accessTokenOf, verifyAccessToken } from "../core/access-token";
import { env } from "../core/env";

/**
 * Who is to be limited: the person, else the address, as far as the environment says whose word on it to
 * believe. Without a proxy to trust, everybody who is not signed in shares one allowance: a header that
 * the caller writes is no identity.
 */
export async function limitedCaller(headers: Headers): Promise<string> {
  const token = accessTokenOf(headers);
  const caller = token ? await verifyAccessToken(token) : null;
  if (caller) return `user-${caller.userId}`;
  const address = clientAddress(headers);
  return address ? `ip-${address}` : "anonymous";
}

/** The client's address by `TRUST_PROXY`; null when nobody trustworthy names it. */
export function clientAddress(headers: Headers): string | null {
  const trust = env().TRUST_PROXY;
  if (trust === "none") return null;
  if (trust === "vercel") return headers.get("x-real-ip");
  // Each proxy of ours appended whom it heard from; what stands further left the caller may have made up.
  const hops = headers.get("x-forwarded-for")?.split(",") ?? [];
  return hops.at(-trust)?.trim() || null;
}
