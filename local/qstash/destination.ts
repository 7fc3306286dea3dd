import { badRequest } from "./errors";
import type { Endpoint } from "./model";
import type { State } from "./state";

/** What a message may go to: one URL, or every endpoint of a URL group. */
export interface Destination {
  /** As signed, logged and shown. */
  requested: string;
  topicName?: string;
  endpoints: Endpoint[];
}

const NAME_PATTERN = /^[\w.-]+$/;

/** Names of queues, URL groups and schedules. */
export function isName(text: string): boolean {
  return NAME_PATTERN.test(text);
}

export function assertName(what: string, text: string): string {
  if (!isName(text)) {
    throw badRequest(
      `${what} "${text}" is invalid: only alphanumeric characters, hyphens, periods and underscores are allowed`,
    );
  }
  return text;
}

/** @throws {ApiError} 400 with what is wrong */
export function assertUrl(what: string, text: string): string {
  const fail = (why: string) => badRequest(`invalid ${what} url: ${why}`);
  if (!/^https?:\/\//i.test(text)) throw fail("endpoint has invalid scheme, add http:// or https://");
  if (!URL.canParse(text) || new URL(text).hostname === "") throw fail(`cannot parse "${text}"`);
  return text;
}

/**
 * The destination out of a request's path: what follows `/v2/publish/`, raw. Clients send the URL as it is,
 * query string and `//` included; some encode it whole, and some proxies fold `//` into `/`.
 */
export function unwrapDestination(raw: string): string {
  if (/^https?%3a/i.test(raw)) {
    try {
      return decodeURIComponent(raw);
    } catch {
      return raw;
    }
  }
  return raw.replace(/^(https?:)\/(?!\/)/i, "$1//");
}

/** @throws {ApiError} 400 when it is neither a URL nor a URL group */
export function resolveDestination(state: State, requested: string): Destination {
  if (/^https?:/i.test(requested)) {
    return { requested, endpoints: [{ url: assertUrl("destination", requested) }] };
  }
  if (/^api\/(llm|email)$/.test(requested))
    throw badRequest(`${requested} is not available here: publish to a URL`);
  const group = isName(requested) ? state.groups.get(requested) : undefined;
  if (!group) {
    throw badRequest("invalid destination url: endpoint has invalid scheme, add http:// or https://");
  }
  return { requested, topicName: group.name, endpoints: group.endpoints };
}
