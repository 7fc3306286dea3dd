import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLargeError, bearerToken, readBody, sameSecret, sendJson } from "../../http/server";
import type { Dispatcher } from "../dispatcher";
import { ApiError, badRequest, notFound } from "../errors";
import { type HeaderBag, headersOf } from "../headers";
import type { Schedules } from "../schedules";
import type { Store } from "../store";

/** The parts of the server that handlers use. */
export interface Api {
  store: Store;
  dispatcher: Dispatcher;
  schedules: Schedules;
}

export interface Call {
  api: Api;
  /** Decoded path parameters; `rest` is the raw remainder, query string included. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: HeaderBag;
  body: Buffer;
  callerIp: string | undefined;
}

/** The response of a handler, JSON if it has a body. Sent once the handler's changes are on disk. */
export interface Answer {
  status?: number;
  body?: unknown;
}

export interface Route {
  method: string;
  /** `/v2/queues/:name/pause`; `*` at the end matches the raw rest. */
  pattern: string;
  handle(call: Call): Answer;
}

export class Router {
  private readonly routes: { route: Route; regex: RegExp; names: string[] }[];

  constructor(
    private readonly api: Api,
    private readonly token: string,
    routes: Route[],
  ) {
    this.routes = routes.map((route) => ({ route, ...compilePattern(route.pattern) }));
  }

  /** Answers every request except those of the page. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.respond(request);
      if (answer.body === undefined) response.writeHead(answer.status ?? 200, { "content-length": 0 }).end();
      else sendJson(response, answer.status ?? 200, answer.body);
    } catch (error) {
      const apiError = asApiError(error);
      sendJson(response, apiError.status, { error: apiError.message }, apiError.headers);
    }
  }

  private async respond(request: IncomingMessage): Promise<Answer> {
    const raw = request.url ?? "/";
    const [path, queryText] = splitOnce(raw, "?");
    const query = new URLSearchParams(queryText ?? "");
    const token = bearerToken(request) ?? query.get("qstash_token");
    if (token === null || !sameSecret(token, this.token)) {
      request.resume();
      throw new ApiError(401, "unable to authenticate: invalid token");
    }
    const methods = new Set<string>();
    for (const { route, regex, names } of this.routes) {
      const match = regex.exec(path);
      if (!match) continue;
      methods.add(route.method);
      if (route.method !== request.method) continue;
      const body = await readBody(request, this.api.store.state.limits.maxBodyBytes);
      const answer = route.handle({
        api: this.api,
        params: extractParams(match, names, queryText),
        query,
        headers: headersOf(request),
        body,
        callerIp: request.socket.remoteAddress?.replace(/^::ffff:/, ""),
      });
      await this.api.store.durable();
      return answer;
    }
    request.resume();
    if (methods.size > 0) throw new ApiError(405, `method ${request.method} is not allowed here`);
    throw notFound(`path ${path}`);
  }
}

function compilePattern(pattern: string): { regex: RegExp; names: string[] } {
  const names: string[] = [];
  const source = pattern
    .replace(/[.]/g, "\\.")
    .replace(/:(\w+)/g, (_, name: string) => {
      names.push(name);
      return "([^/]+)";
    })
    .replace(/\*$/, () => {
      names.push("rest");
      return "(.+)";
    });
  return { regex: new RegExp(`^${source}$`), names };
}

function extractParams(
  match: RegExpExecArray,
  names: string[],
  queryText: string | undefined,
): Record<string, string> {
  const params: Record<string, string> = {};
  names.forEach((name, index) => {
    const text = match[index + 1] ?? "";
    params[name] = name === "rest" ? withDestinationQuery(text, queryText) : decodeParam(text);
  });
  return params;
}

/**
 * Appends the destination's query as it was sent, without the token parameter. Empty parts (`?a=1&`, `?`) are kept: the
 * receiver compares the signed URL with its own character by character.
 */
function withDestinationQuery(path: string, queryText: string | undefined): string {
  if (queryText === undefined) return path;
  const kept = queryText.split("&").filter((part) => !part.startsWith("qstash_token="));
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}

function decodeParam(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest(`cannot decode "${text}"`);
  }
}

/** The second half is undefined without a separator, and empty when the text ends with it. */
function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof BodyTooLargeError) return new ApiError(413, error.message);
  process.stderr.write(`QStash emulator: request failed: ${error instanceof Error ? error.stack : error}\n`);
  return new ApiError(500, "internal error");
}

/** Parses the body of a request as JSON. @throws {ApiError} 400 */
export function jsonBody(call: Call): unknown {
  try {
    return JSON.parse(call.body.toString("utf8"));
  } catch {
    throw badRequest("the body is not valid JSON");
  }
}
