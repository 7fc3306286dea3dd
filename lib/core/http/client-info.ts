import { clientAddress } from "../client-address";
import { env } from "../env";
import { isStorable } from "../text";

/** Longer ones are cut: nobody's browser says more that matters. */
const MAX_USER_AGENT_LENGTH = 400;
const MAX_PLACE_LENGTH = 80;

/** From where somebody does something, for their list of devices and for the audit log. */
export interface ClientInfo {
  /** Null where no proxy is trusted to name it (`TRUST_PROXY`). */
  ip: string | null;
  userAgent: string | null;
  /** `Berlin, DE`, where the platform says it; null elsewhere. */
  place: string | null;
}

/** What a request says of its sender. */
export function getClientInfo(headers: Headers): ClientInfo {
  return {
    ip: clientAddress(headers),
    userAgent: truncate(headers.get("user-agent"), MAX_USER_AGENT_LENGTH),
    place: getPlace(headers),
  };
}

/** Vercel sets these headers, and nobody else may. */
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
