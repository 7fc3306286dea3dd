import { getAccessToken, verifyAccessToken } from "../core/access-token";
import { clientAddress, clientNetwork } from "../core/http/client-info";

/** Our tokens have a few hundred characters; longer ones are not verified, and the caller counts as anonymous. */
const MAX_TOKEN_LENGTH = 4_096;

export interface LimitedCaller {
  /** Part of the key: `user-{id}`, `ip-{network}` or `anonymous`. */
  callerId: string;
  /** What else a deny list may name; without a trusted proxy not the address. */
  ip?: string;
  userAgent?: string;
}

/** The caller that limits count by: the signed-in user, else the address. */
export async function limitedCaller(headers: Headers): Promise<LimitedCaller> {
  const userId = await signedInUserId(headers);
  const anonymous = anonymousCaller(headers);
  return userId === null ? anonymous : { ...anonymous, callerId: `user-${userId}` };
}

/**
 * The caller by address, if `TRUST_PROXY` trusts a proxy. Without one, all anonymous callers share one bucket: a header
 * that the caller itself can write proves nothing.
 */
export function anonymousCaller(headers: Headers): LimitedCaller {
  const network = clientNetwork(headers);
  const ip = clientAddress(headers);
  const userAgent = headers.get("user-agent");
  return {
    callerId: network === null ? "anonymous" : `ip-${network}`,
    ...(ip ? { ip } : {}),
    ...(userAgent ? { userAgent } : {}),
  };
}

/** Whether a caller is one user, rather than all callers behind an address. */
export function isUser(callerId: string): boolean {
  return callerId.startsWith("user-");
}

async function signedInUserId(headers: Headers): Promise<string | null> {
  const token = getAccessToken(headers);
  if (token === null || token.length > MAX_TOKEN_LENGTH) return null;
  const caller = await verifyAccessToken(token);
  return caller?.userId ?? null;
}
