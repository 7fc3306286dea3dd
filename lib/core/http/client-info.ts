import { clientAddress } from "../client-address";
import { env } from "../env";
import { isStorable } from "../text";

/** Longer ones are cut: nobody's browser says more that matters. */
const LONGEST_USER_AGENT = 400;
const LONGEST_PLACE = 80;

/** From where somebody does something, for their list of devices and for the audit log. */
export interface ClientInfo {
  /** Null where no proxy is trusted to name it (`TRUST_PROXY`). */
  ip: string | null;
  userAgent: string | null;
  /** `Berlin, DE`, where the platform says it; null elsewhere. */
  place: string | null;
}

/** What a request says of its sender. */
export function clientOf(headers: Headers): ClientInfo {
  return {
    ip: clientAddress(headers),
    userAgent: cut(headers.get("user-agent"), LONGEST_USER_AGENT),
    place: placeOf(headers),
  };
}

/** Vercel sets these headers, and nobody else may. */
function placeOf(headers: Headers): string | null {
  if (env().TRUST_PROXY !== "vercel") return null;
  const parts = ["x-vercel-ip-city", "x-vercel-ip-country"].map((name) => decoded(headers.get(name)));
  return cut(parts.filter(Boolean).join(", "), LONGEST_PLACE);
}

function decoded(value: string | null): string | null {
  try {
    return value && decodeURIComponent(value);
  } catch {
    return null;
  }
}

function cut(text: string | null, longest: number): string | null {
  const short = text?.slice(0, longest);
  return short && isStorable(short) ? short : null;
}
