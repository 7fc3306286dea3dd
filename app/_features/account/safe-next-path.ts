const BASE_URL = "http://here.invalid";

/** Longer paths are never needed, and they would be repeated in every link of the page. */
const MAX_PATH_LENGTH = 2_000;

/** Browsers, proxies and loggers each drop or rewrite these characters; no path of this site contains one. */
const UNSAFE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u;

/**
 * Where to go after sign-in: a path of this site, or the feed. Browsers treat `//host` and `/\host` as other sites, and
 * `/.//host` becomes one once its dot is resolved. The path is therefore returned as a URL parser normalizes it, and
 * only if it stays on this origin, also after being decoded once more.
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
