import { env } from "../env";
import { AppError } from "../errors";

/** They change nothing, so it is no matter who made a browser send them. */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a write that another site made somebody's browser send: the browser adds the cookies by itself, so they
 * say who, and not who wanted it. Holds for signing in too, or somebody could be signed in as somebody else without
 * noticing. A request with a bearer token passes: no site gets a browser to add one without asking us.
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
 * Every browser of today says where a request comes from; older ones name the page's origin. A neighbour under the
 * same name (`same-site`) is a stranger too. What sends neither header is no browser, and holds no cookies of anybody.
 */
function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  // `none`: somebody typed, reloaded or opened a bookmark.
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = request.headers.get("origin");
  if (origin === null) return true;
  // `null` is what a sandboxed frame says, and what cannot be parsed.
  if (!URL.canParse(origin)) return false;
  const { origin: appOrigin, protocol } = new URL(env().APP_URL);
  const { origin: requestOrigin } = new URL(origin);
  // The host asked is one of ours too, such as a preview's; with our scheme, since who is in the middle of http can
  // answer for any name.
  return requestOrigin === appOrigin || requestOrigin === `${protocol}//${requestHost(request)}`;
}

function requestHost(request: Request): string {
  return request.headers.get("host") ?? new URL(request.url).host;
}
