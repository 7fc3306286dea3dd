import type { IncomingMessage } from "node:http";
import { parseCommand, parseCommands } from "./json-command";
import type { Argument } from "./resp/reply";

/** A parsed HTTP request. */
export type RestRequest =
  | { readonly kind: "command"; readonly args: readonly Argument[] }
  | { readonly kind: "pipeline" | "multi-exec"; readonly commands: readonly (readonly Argument[])[] }
  | { readonly kind: "stream"; readonly mode: StreamMode; readonly channels: readonly Argument[] }
  | { readonly kind: "invalid"; readonly message: string };

export type StreamMode = "subscribe" | "psubscribe" | "monitor";

/** The undecoded path segments and query pairs, in the order of the URL. */
export interface Target {
  readonly segments: readonly string[];
  readonly query: readonly (readonly [name: string, value: string | null])[];
}

const TOKEN_PARAMETER = "_token";

/**
 * Splits a request's URL without the normalization of `URL`: `.` and empty segments are arguments like any other,
 * and a percent-encoded byte need not be UTF-8. One trailing slash is ignored.
 */
export function parseTarget(url: string): Target {
  const queryStart = url.indexOf("?");
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const trimmed = path.replace(/^\//, "").replace(/\/$/, "");
  const pairs = queryStart === -1 ? [] : url.slice(queryStart + 1).split("&");
  return {
    segments: trimmed === "" ? [] : trimmed.split("/"),
    query: pairs.filter(Boolean).map((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1 ? [pair, null] : [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  };
}

/** The token of `?_token=…`, or null. */
export function queryToken(target: Target): string | null {
  const pair = target.query.find(([name]) => name === TOKEN_PARAMETER);
  return pair === undefined ? null : decodeSegment(pair[1] ?? "").toString("utf8");
}

/** Interprets a request; `body` is empty for GET and HEAD. */
export function readRestRequest(request: IncomingMessage, target: Target, body: Buffer): RestRequest {
  const [first, ...rest] = target.segments;
  if (first === undefined) return parseCommandBody(body);
  const route = first.toLowerCase();
  if (route === "pipeline" && rest.length === 0) return parseCommandsBody("pipeline", "pipeline", body);
  if (route === "multi-exec" && rest.length === 0)
    return parseCommandsBody("multi-exec", "transaction", body);
  if (route === "monitor" && rest.length === 0) return { kind: "stream", mode: route, channels: [] };
  if (route === "subscribe" || route === "psubscribe") {
    if (rest.length === 0) return invalidRequest(`ERR wrong number of arguments for '${route}' command`);
    return { kind: "stream", mode: route, channels: rest.map(decodeSegment) };
  }
  const hasBody = request.method === "POST" || request.method === "PUT";
  const args: Argument[] = target.segments.map(decodeSegment);
  if (hasBody && body.length > 0) args.push(body);
  for (const [name, value] of target.query) {
    if (name === TOKEN_PARAMETER) continue;
    args.push(decodeQueryPart(name));
    if (value !== null) args.push(decodeQueryPart(value));
  }
  return { kind: "command", args };
}

function parseCommandBody(body: Buffer): RestRequest {
  if (body.length === 0) return invalidRequest("ERR empty command");
  const args = parseCommand(body.toString("utf8"));
  if (args === null) return invalidRequest("ERR failed to parse command");
  return args.length === 0 ? invalidRequest("ERR empty command") : { kind: "command", args };
}

function parseCommandsBody(
  kind: "pipeline" | "multi-exec",
  operationName: string,
  body: Buffer,
): RestRequest {
  const commands = parseCommands(body.toString("utf8"));
  if (commands === null) return invalidRequest(`ERR failed to parse ${operationName} request`);
  if (commands.length === 0) return invalidRequest(`ERR empty ${operationName} request`);
  return { kind, commands };
}

function invalidRequest(message: string): RestRequest {
  return { kind: "invalid", message };
}

function decodeQueryPart(text: string): Buffer {
  return decodeSegment(text.replaceAll("+", " "));
}

/** Percent-decodes byte by byte; a `%` without two hex digits stays as it is. */
function decodeSegment(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  if (!text.includes("%")) return bytes;
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const hex = bytes[at] === 0x25 ? text.slice(at + 1, at + 3) : "";
    if (/^[\da-f]{2}$/i.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16);
      at += 2;
    } else {
      bytes[length++] = bytes[at] ?? 0;
    }
  }
  return bytes.subarray(0, length);
}
