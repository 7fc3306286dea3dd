import { badRequest } from "./errors";
import type { Endpoint } from "./model";
import type { State } from "./state";

/** The destination of a message: one URL, or every endpoint of a URL group. */
export interface Destination {
  /** The destination as requested. */
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

/** @throws {ApiError} 400 with the reason */
export function assertUrl(what: string, text: string): string {
  const fail = (why: string) => badRequest(`invalid ${what} url: ${why}`);
  if (!/^https?:\/\//i.test(text)) throw fail("endpoint has invalid scheme, add http:// or https://");
  if (!URL.canParse(text) || new URL(text).hostname === "") throw fail(`cannot parse "${text}"`);
  return text;
}

/**
 * Restores the destination from the raw rest of a request's path, after `/v2/publish/`. Clients send the URL
 * unencoded, query string and `//` included; some encode all of it, and some proxies merge `//` into `/`.
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
