import { env } from "./env";
import { parseNetwork } from "./network";

/**
 * The client's address as set by the proxies that `TRUST_PROXY` trusts; a header that the caller itself can write
 * proves nothing. Runs on the edge.
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
