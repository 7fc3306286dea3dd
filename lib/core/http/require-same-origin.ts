import { env } from "../env";
import { AppError } from "../errors";

/** These change nothing, so a cross-site request does no harm. */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Rejects a write that another site made a browser send (CSRF): the browser adds cookies automatically, so they prove
 * the user and not the user's intent. Also applies to signing in: another site could sign a user in to an attacker's
 * account. A request with a bearer token passes: another site cannot set that header without a CORS preflight.
 *
 * @throws {AppError} forbidden
 */
export function requireSameOrigin(request: Request): void {
  if (SAFE_METHODS.has(request.method) || hasBearerToken(request)) return;
  if (!isSameOrigin(request)) throw new AppError("forbidden", { message: "foreign_origin" });
}

function hasBearerToken(request: Request): boolean {
  return /^Bearer\s/i.test(request.headers.get("authorization") ?? "");
}

/**
 * Current browsers send `Sec-Fetch-Site`, older ones `Origin`. A sibling subdomain (`same-site`) counts as another
 * origin. A client that sends neither header is not a browser and has no user's cookies.
 */
function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  // `none`: the user typed the address, reloaded or opened a bookmark.
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = request.headers.get("origin");
  if (origin === null) return true;
  // A sandboxed frame sends the text `null`, which is no URL.
  if (!URL.canParse(origin)) return false;
  const { origin: appOrigin, protocol } = new URL(env().APP_URL);
  const { origin: requestOrigin } = new URL(origin);
  // The requested host also counts, such as a preview deployment's; only with our scheme, since over http a
  // man in the middle can serve pages of any host.
  return requestOrigin === appOrigin || requestOrigin === `${protocol}//${requestHost(request)}`;
}

function requestHost(request: Request): string {
  return request.headers.get("host") ?? new URL(request.url).host;
}
