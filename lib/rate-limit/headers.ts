import { now } from "../core/clock";
import type { Limited } from "./limit";

/** The fields of draft-ietf-httpapi-ratelimit-headers-11, and on a refusal `Retry-After` in seconds. */
export function setLimitHeaders(headers: Headers, limited: Limited): void {
  const { name, limit, windowSeconds } = limited.policy;
  headers.set("RateLimit-Policy", `"${name}";q=${limit};w=${windowSeconds}`);
  headers.set("RateLimit", `"${name}";r=${limited.remaining};t=${secondsLeft(limited)}`);
  if (limited.degraded) headers.set("RateLimit-Degraded", "process");
}

/** Whole seconds until the window ends, at least one. */
export function secondsLeft({ resetAt }: Limited): number {
  return Math.max(1, Math.ceil((resetAt - now()) / 1000));
}
