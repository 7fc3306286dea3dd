const BASE = "http://here.invalid";

/** Longer ones nobody needs, and they would go into every link of the page. */
const LONGEST = 2_000;

/** They are dropped or turned by browsers, proxies and loggers, each in its own way; no path of ours has one. */
const MISLEADING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u;

/**
 * Where to go after signing in: a path of ours, or the feed. `//host` and `/\host` are other sites to a
 * browser, and `/.//host` becomes one once its dot is resolved: the path is taken as a URL parser leaves it,
 * and only if it still means this origin, also for whoever decodes it once more.
 */
export function safeNextPath(next: string | string[] | undefined): string {
  if (typeof next !== "string" || next.length > LONGEST || !next.startsWith("/")) return "/";
  if (!staysHere(next)) return "/";
  const { pathname, search, hash } = new URL(next, BASE);
  const path = `${pathname}${search}${hash}`;
  return staysHere(path) && staysHere(decoded(pathname)) ? path : "/";
}

function staysHere(path: string): boolean {
  if (MISLEADING.test(path) || !URL.canParse(path, BASE)) return false;
  const { origin, username, pathname } = new URL(path, BASE);
  return origin === BASE && username === "" && !pathname.startsWith("//");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "//";
  }
}
