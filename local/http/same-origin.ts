import type { IncomingMessage } from "node:http";

/**
 * How far a local server that needs no token trusts a browser: its pages are served only under an address or
 * `localhost` (a name that somebody points at this machine would let their page read them), and what changes
 * something is taken from its own pages only.
 */

/** No name that a stranger's DNS can point here. */
export function isLocalHostHeader(request: IncomingMessage): boolean {
  const { host = "" } = request.headers;
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return /^(localhost|.+\.localhost|\d+(\.\d+){3}|\[[\da-f:.]+\])$/.test(hostname);
}

/** Whether a browser says that another site asks. What says nothing is no browser. */
export function isCrossOrigin(request: IncomingMessage): boolean {
  const site = request.headers["sec-fetch-site"];
  const { origin, host } = request.headers;
  if (site !== undefined && site !== "same-origin") return true;
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host);
}

/** Whether a browser says that one of our pages asks. */
export function isSameOriginPage(request: IncomingMessage): boolean {
  const { origin, "sec-fetch-site": site } = request.headers;
  return !isCrossOrigin(request) && (origin !== undefined || site !== undefined);
}
