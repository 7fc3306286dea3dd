import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bearerToken, readBody, sameSecret } from "../http/server";
import { type CommandEvent, CommandRunner } from "./command-runner";
import { noPermissionError } from "./commands";
import type { ConnectionOptions } from "./engine-connection";
import { streamEvents } from "./event-stream";
import type { GatewayStats } from "./gateway-stats";
import type { ReconnectingConnection } from "./reconnecting-connection";
import type { RedisAddress } from "./redis-address";
import { encodeCommand } from "./resp/encode";
import { ErrorReply } from "./resp/reply";
import { type Format, readFormat } from "./response-format";
import { sendError, sendJsonText, sendReplies, sendReply } from "./responses";
import { parseTarget, queryToken, type RestRequest, readRestRequest, type Target } from "./rest-request";
import type { ScriptKiller } from "./script-killer";

export interface RestHandlerOptions {
  readonly token: string;
  readonly readOnlyToken?: string;
  readonly address: RedisAddress;
  readonly connections: {
    readonly shared: ReconnectingConnection;
    readonly transactions: ReconnectingConnection;
  };
  readonly stats: GatewayStats;
  readonly killer: ScriptKiller;
  readonly strict?: boolean;
  readonly onCommand?: (event: CommandEvent) => void;
  readonly connection?: ConnectionOptions;
}

type AccessLevel = "full" | "read-only";
type Headers = Readonly<Record<string, string>>;

/** Upstash's limit on its free and pay-as-you-go plans. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
const METHODS = new Set(["GET", "HEAD", "POST", "PUT"]);
const UNAUTHORIZED = "WRONGPASS invalid or missing auth token";
/** First path segment of the gateway's own endpoints; no Redis command has that name. */
const INTERNAL_SEGMENT = "-";

/** Handles the HTTP requests of one gateway. */
export class RestHandler {
  readonly #runner: CommandRunner;
  readonly #epoch = randomBytes(6).toString("hex");
  #requests = 0;

  constructor(private readonly options: RestHandlerOptions) {
    this.#runner = new CommandRunner({ ...options, strict: options.strict ?? false });
  }

  /** @throws errors that {@link sendFailure} turns into a response */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = parseTarget(request.url ?? "/");
    if (target.segments[0] === INTERNAL_SEGMENT && target.segments[1] === "health") {
      await this.#handleHealth(response);
      return;
    }
    const access = this.#accessLevel(request, target);
    if (access === null) {
      sendError(response, 401, UNAUTHORIZED);
    } else if (!METHODS.has(request.method ?? "")) {
      sendError(response, 405, "ERR method not allowed");
    } else if (target.segments[0] === INTERNAL_SEGMENT) {
      this.#handleStats(target, access, request, response);
    } else {
      await this.#handleRest(target, access, request, response);
    }
  }

  #accessLevel(request: IncomingMessage, target: Target): AccessLevel | null {
    const presentedToken = bearerToken(request) ?? queryToken(target);
    const { token, readOnlyToken } = this.options;
    if (presentedToken === null) return null;
    if (sameSecret(presentedToken, token)) return "full";
    return readOnlyToken !== undefined && sameSecret(presentedToken, readOnlyToken) ? "read-only" : null;
  }

  async #handleRest(
    target: Target,
    access: AccessLevel,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.options.stats.countRequest();
    this.#requests += 1;
    // Clients send the last token back to read their own writes; with one engine there is nothing to wait for.
    const headers = { "upstash-sync-token": `${this.#epoch}-${this.#requests}` };
    const format = readFormat(request);
    if ("problem" in format) {
      sendError(response, 400, format.problem, headers);
      return;
    }
    const body = await readBody(request, MAX_BODY_BYTES);
    const restRequest = readRestRequest(request, target, body);
    await this.#respond(restRequest, access === "read-only", format, response, headers);
  }

  async #respond(
    restRequest: RestRequest,
    readOnly: boolean,
    format: Format,
    response: ServerResponse,
    headers: Headers,
  ): Promise<void> {
    switch (restRequest.kind) {
      case "invalid":
        sendError(response, 400, restRequest.message, headers);
        return;
      case "command": {
        const reply = await this.#runner.run(restRequest.args, readOnly);
        sendReply(response, reply instanceof ErrorReply ? 400 : 200, reply, format, headers);
        return;
      }
      case "pipeline":
        sendReplies(response, await this.#runner.pipeline(restRequest.commands, readOnly), format, headers);
        return;
      case "multi-exec": {
        const replies = await this.#runner.transaction(restRequest.commands, readOnly);
        if (replies instanceof ErrorReply) sendError(response, 400, replies.message, headers);
        else sendReplies(response, replies, { ...format, resp2: false }, headers);
        return;
      }
      case "stream":
        await this.#stream(restRequest, readOnly, response, headers);
    }
  }

  async #stream(
    restRequest: Extract<RestRequest, { kind: "stream" }>,
    readOnly: boolean,
    response: ServerResponse,
    headers: Headers,
  ): Promise<void> {
    const { address, stats, onCommand, connection } = this.options;
    const name = restRequest.mode.toUpperCase();
    stats.countCommand(name);
    onCommand?.({ name, args: [name, ...restRequest.channels] });
    if (readOnly) {
      sendError(response, 400, noPermissionError(name).message, headers);
      return;
    }
    const endStreamCount = stats.countStream();
    try {
      const errorReply = await streamEvents(response, { address, connection, headers }, [
        name,
        ...restRequest.channels,
      ]);
      if (errorReply !== null && !response.headersSent) sendError(response, 400, errorReply.message, headers);
    } finally {
      endStreamCount();
    }
  }

  /** Requires no token: reports only whether the engine answers. */
  async #handleHealth(response: ServerResponse): Promise<void> {
    const up = await this.options.connections.shared.sendEncoded(encodeCommand(["PING"]), 1).then(
      () => true,
      () => false,
    );
    sendJsonText(response, up ? 200 : 503, JSON.stringify({ engine: up ? "up" : "down" }));
  }

  #handleStats(
    target: Target,
    access: AccessLevel,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const [, endpoint, action] = target.segments;
    if (access !== "full" || endpoint !== "stats") {
      sendError(response, 404, "ERR no such page");
      return;
    }
    const snapshot = this.options.stats.snapshot();
    if (action === "reset" && request.method === "POST") this.options.stats.reset();
    sendJsonText(response, 200, JSON.stringify(snapshot));
  }
}
