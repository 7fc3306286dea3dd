/**
 * Where to go after signing in: a path of ours, or the feed. `//host` and `/\host` are other sites to a
 * browser, so only what a URL parser keeps on this origin is taken.
 */
export function safeNextPath(next: string | string[] | undefined): string {
  if (typeof next !== "string" || !next.startsWith("/")) return "/";
  const base = "http://here.invalid";
  const url = URL.parse(next, base);
  return url && url.origin === base ? `${url.pathname}${url.search}${url.hash}` : "/";
}
