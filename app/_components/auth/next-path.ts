const BASE = "http://here.invalid";

/**
 * Where to go after signing in: a path of ours, or the feed. `//host` and `/\host` are other sites to a
 * browser, and `/.//host` becomes one once its dot is resolved: the path is taken as a URL parser leaves it,
 * and only if it still means this origin.
 */
export function safeNextPath(next: string | string[] | undefined): string {
  if (typeof next !== "string" || !next.startsWith("/") || !staysHere(next)) return "/";
  const { pathname, search, hash } = new URL(next, BASE);
  const path = `${pathname}${search}${hash}`;
  return staysHere(path) ? path : "/";
}

function staysHere(path: string): boolean {
  return URL.canParse(path, BASE) && new URL(path, BASE).origin === BASE;
}
