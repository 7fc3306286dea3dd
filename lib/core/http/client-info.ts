import { getCookie } from "../access-token";
import { env } from "../env";
import { LOCALE_COOKIE, type Locale, resolveLocale } from "../locale";
import { parseNetwork } from "../network";
import { isStorable } from "../text";

/** What a request's headers say about its client. Runs on the edge. */

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

/**
 * The client's address as set by the proxies that `TRUST_PROXY` trusts; a header that the caller itself can write
 * proves nothing.
 *
 * @returns the address without port, brackets and zone; null without a trusted one
 */
export function clientAddress(headers: Headers): string | null {
  const forwarded = forwardedAddress(headers)?.trim();
  if (!forwarded || parseNetwork(forwarded) === null) return null;
  return forwarded
    .replace(/^\[([^\]]+)\](?::\d+)?$/, "$1")
    .replace(/^([\d.]+):\d+$/, "$1")
    .replace(/%.*$/, "");
}

/** The client's network, by which rate limits count; null without a trusted address. */
export function clientNetwork(headers: Headers): string | null {
  const forwarded = forwardedAddress(headers);
  return forwarded ? parseNetwork(forwarded) : null;
}

function forwardedAddress(headers: Headers): string | null | undefined {
  const trust = env().TRUST_PROXY;
  if (trust === "none") return null;
  if (trust === "vercel") return headers.get("x-real-ip");
  // Each of our proxies appended the address of its peer; entries further left may be forged by the caller.
  return headers.get("x-forwarded-for")?.split(",").at(-trust);
}

/** The language of the response. */
export function getRequestLocale(headers: Headers): Locale {
  return resolveLocale({
    cookie: getCookie(headers, LOCALE_COOKIE),
    acceptLanguage: headers.get("accept-language"),
  });
}
