const BASE_URL = "http://here.invalid";

/** Longer ones nobody needs, and they would go into every link of the page. */
const MAX_PATH_LENGTH = 2_000;

/** They are dropped or turned by browsers, proxies and loggers, each in its own way; no path of ours has one. */
const UNSAFE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u;

/**
 * Where to go after signing in: a path of ours, or the feed. `//host` and `/\host` are other sites to a
 * browser, and `/.//host` becomes one once its dot is resolved: the path is taken as a URL parser leaves it,
 * and only if it still means this origin, also for whoever decodes it once more.
 */
export function safeNextPath(next: string | string[] | undefined): string {
  if (typeof next !== "string" || next.length > MAX_PATH_LENGTH || !next.startsWith("/")) return "/";
  if (!isSameOriginPath(next)) return "/";
  const { pathname, search, hash } = new URL(next, BASE_URL);
  const path = `${pathname}${search}${hash}`;
  return isSameOriginPath(path) && isSameOriginPath(decodePath(pathname)) ? path : "/";
}

function isSameOriginPath(path: string): boolean {
  if (UNSAFE_CHARACTERS.test(path) || !URL.canParse(path, BASE_URL)) return false;
  const { origin, username, pathname } = new URL(path, BASE_URL);
  return origin === BASE_URL && username === "" && !pathname.startsWith("//");
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "//";
  }
}
