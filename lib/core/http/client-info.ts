import { clientAddress } from "../client-address";
import { env } from "../env";
import { isStorable } from "../text";

/** Longer values are cut; no real browser sends more. */
const MAX_USER_AGENT_LENGTH = 400;
const MAX_PLACE_LENGTH = 80;

/** Where a request comes from, for the user's list of devices and the audit log. */
export interface ClientInfo {
  /** Null when no proxy is trusted to send it (`TRUST_PROXY`). */
  ip: string | null;
  userAgent: string | null;
  /** `Berlin, DE`, on platforms that send it; else null. */
  place: string | null;
}

/** Reads the client's address, user agent and location from the request's headers. */
export function getClientInfo(headers: Headers): ClientInfo {
  return {
    ip: clientAddress(headers),
    userAgent: truncate(headers.get("user-agent"), MAX_USER_AGENT_LENGTH),
    place: getPlace(headers),
  };
}

/** Only Vercel's own values of these headers can be trusted. */
function getPlace(headers: Headers): string | null {
  if (env().TRUST_PROXY !== "vercel") return null;
  const parts = ["x-vercel-ip-city", "x-vercel-ip-country"].map((name) => decodeOrNull(headers.get(name)));
  return truncate(parts.filter(Boolean).join(", "), MAX_PLACE_LENGTH);
}

function decodeOrNull(value: string | null): string | null {
  try {
    return value && decodeURIComponent(value);
  } catch {
    return null;
  }
}

function truncate(text: string | null, maxLength: number): string | null {
  const truncated = text?.slice(0, maxLength);
  return truncated && isStorable(truncated) ? truncated : null;
}
