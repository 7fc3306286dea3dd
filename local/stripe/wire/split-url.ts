import type { IncomingMessage } from "node:http";

/** Path and query as they came. Cut and not parsed: a caller may send what is no address, such as `//`. */
export function splitUrl(request: IncomingMessage): { pathname: string; query: string } {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  return at === -1 ? { pathname: url, query: "" } : { pathname: url.slice(0, at), query: url.slice(at + 1) };
}
