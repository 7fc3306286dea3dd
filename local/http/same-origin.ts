import type { IncomingMessage } from "node:http";

/**
 * Checks for local servers that require no token. Their pages are served only under an IP address or `localhost`
 * (against DNS rebinding), and a browser may change something only from their own pages (against CSRF).
 */

/** Whether the Host header is an IP address or `localhost`, which foreign DNS cannot point at this machine. */
export function isLocalHostHeader(request: IncomingMessage): boolean {
  const { host = "" } = request.headers;
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return /^(localhost|.+\.localhost|\d+(\.\d+){3}|\[[\da-f:.]+\])$/.test(hostname);
}

/** Whether a browser reports another origin as the initiator. A client without these headers is no browser. */
export function isCrossOrigin(request: IncomingMessage): boolean {
  const site = request.headers["sec-fetch-site"];
  const { origin, host } = request.headers;
  if (site !== undefined && site !== "same-origin") return true;
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host);
}

/** Whether a browser reports a page of this server as the initiator. */
export function isSameOriginPage(request: IncomingMessage): boolean {
  const { origin, "sec-fetch-site": site } = request.headers;
  return !isCrossOrigin(request) && (origin !== undefined || site !== undefined);
}
