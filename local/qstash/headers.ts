import type { IncomingMessage } from "node:http";
import type { HeaderMap } from "./model";

/** Request headers by lower-case name. */
export type HeaderBag = ReadonlyMap<string, string[]>;

export function headersOf(request: IncomingMessage): HeaderBag {
  const bag = new Map<string, string[]>();
  for (const [name, values] of Object.entries(request.headersDistinct)) if (values) bag.set(name, values);
  return bag;
}

/** `Content-Type` for `content-type`: the spelling that QStash shows. */
export function canonicalName(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

/** Never forwarded: headers of one connection, and headers that the sender sets. */
const NOT_FORWARDED = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The headers that begin with `prefix`, without the prefix, as they are delivered. */
export function forwardedHeaders(bag: HeaderBag, prefix: string): HeaderMap {
  const headers: HeaderMap = {};
  for (const [name, values] of bag) {
    if (!name.startsWith(prefix) || name.length === prefix.length) continue;
    const bare = name.slice(prefix.length);
    if (!NOT_FORWARDED.has(bare)) headers[canonicalName(bare)] = values;
  }
  return headers;
}

/** Whether a header can be sent: the name is an HTTP token, the value has no control characters. */
export function isSendable(name: string, value: string): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
