import type { IncomingMessage } from "node:http";

/** Path and query, undecoded. Split instead of parsed: a caller may send an invalid URL, such as `//`. */
export function splitUrl(request: IncomingMessage): { pathname: string; query: string } {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  return at === -1 ? { pathname: url, query: "" } : { pathname: url.slice(0, at), query: url.slice(at + 1) };
}
