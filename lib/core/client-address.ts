import { env } from "./env";
import { parseNetwork } from "./network";

/**
 * Where a request comes from, as far as `TRUST_PROXY` says whose word on it to believe: a header that the caller
 * writes is no identity. Runs on the edge.
 *
 * @returns the address without port, brackets and zone; null when nobody trustworthy names one
 */
export function clientAddress(headers: Headers): string | null {
  const forwarded = forwardedAddress(headers)?.trim();
  if (!forwarded || parseNetwork(forwarded) === null) return null;
  return forwarded
    .replace(/^\[([^\]]+)\](?::\d+)?$/, "$1")
    .replace(/^([\d.]+):\d+$/, "$1")
    .replace(/%.*$/, "");
}

/** The client's network, which is what limits count by; null as above. */
export function clientNetwork(headers: Headers): string | null {
  const forwarded = forwardedAddress(headers);
  return forwarded ? parseNetwork(forwarded) : null;
}

function forwardedAddress(headers: Headers): string | null | undefined {
  const trust = env().TRUST_PROXY;
  if (trust === "none") return null;
  if (trust === "vercel") return headers.get("x-real-ip");
  // Each proxy of ours appended whom it heard from; what stands further left the caller may have made up.
  return headers.get("x-forwarded-for")?.split(",").at(-trust);
}
