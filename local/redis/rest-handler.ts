import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bearerToken, readBody, sameSecret } from "../http/server";
import { type CommandEvent, CommandRunner } from "./command-runner";
import { noPermission } from "./commands";
import type { ConnectionOptions } from "./engine-connection";
import { streamEvents } from "./event-stream";
import type { GatewayStats } from "./gateway-stats";
import type { EngineLink } from "./reconnecting-connection";
import type { RedisAddress } from "./redis-address";
import { encodeCommand } from "./resp/encode";
import { ErrorReply } from "./resp/reply";
import { type Format, readFormat } from "./response-format";
import { sendError, sendJsonText, sendReplies, sendReply } from "./responses";
import { parseTarget, queryToken, type RestRequest, readRestRequest, type Target } from "./rest-request";

export interface RestHandlerOptions {
  readonly token: string;
  readonly readOnlyToken?: string;
  readonly address: RedisAddress;
  readonly links: { readonly shared: EngineLink; readonly transactions: EngineLink };
  readonly stats: GatewayStats;
  readonly onCommand?: (event: CommandEvent) => void;
  readonly connection?: ConnectionOptions;
}

type Access = "full" | "read-only";
type Headers = Readonly<Record<string, string>>;

/** Upstash's limit on its free and pay-as-you-go plans. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
const METHODS = new Set(["GET", "HEAD", "POST", "PUT"]);
const UNAUTHORIZED = "WRONGPASS invalid or missing auth token";
/** First segment of the gateway's own pages; no Redis command is called that. */
const OWN_PAGES = "-";

/** One HTTP request in, one answer out. */
export class RestHandler {
  readonly #runner: CommandRunner;
  readonly #epoch = randomBytes(6).toString("hex");
  #requests = 0;

  constructor(private readonly options: RestHandlerOptions) {
    this.#runner = new CommandRunner(options.links, options.stats, options.onCommand);
  }

  /** @throws what {@link sendFailure} knows how to answer */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = parseTarget(request.url ?? "/");
    if (target.segments[0] === OWN_PAGES && target.segments[1] === "health") {
      await this.#health(response);
      return;
    }
    const access = this.#access(request, target);
    if (access === null) {
      sendError(response, 401, UNAUTHORIZED);
    } else if (!METHODS.has(request.method ?? "")) {
      sendError(response, 405, "ERR method not allowed");
    } else if (target.segments[0] === OWN_PAGES) {
      this.#stats(target, access, request, response);
    } else {
      await this.#rest(target, access, request, response);
    }
  }

  #access(request: IncomingMessage, target: Target): Access | null {
    const given = bearerToken(request) ?? queryToken(target);
    const { token, readOnlyToken } = this.options;
    if (given === null) return null;
    if (sameSecret(given, token)) return "full";
    return readOnlyToken !== undefined && sameSecret(given, readOnlyToken) ? "read-only" : null;
  }

  async #rest(
    target: Target,
    access: Access,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.options.stats.countRequest();
    this.#requests += 1;
    // Clients hand the last one back to read their own writes; with one engine there is nothing to wait for.
    const headers = { "upstash-sync-token": `${this.#epoch}-${this.#requests}` };
    const format = readFormat(request);
    if ("problem" in format) {
      sendError(response, 400, format.problem, headers);
      return;
    }
    const body = await readBody(request, MAX_BODY_BYTES);
    const asked = readRestRequest(request, target, body);
    await this.#answer(asked, access === "read-only", format, response, headers);
  }

  async #answer(
    asked: RestRequest,
    readOnly: boolean,
    format: Format,
    response: ServerResponse,
    headers: Headers,
  ): Promise<void> {
    switch (asked.kind) {
      case "invalid":
        sendError(response, 400, asked.message, headers);
        return;
      case "command": {
        const reply = await this.#runner.run(asked.args, readOnly);
        sendReply(response, reply instanceof ErrorReply ? 400 : 200, reply, format, headers);
        return;
      }
      case "pipeline":
        sendReplies(response, await this.#runner.pipeline(asked.commands, readOnly), format, headers);
        return;
      case "multi-exec": {
        const replies = await this.#runner.transaction(asked.commands, readOnly);
        if (replies instanceof ErrorReply) sendError(response, 400, replies.message, headers);
        else sendReplies(response, replies, { ...format, resp2: false }, headers);
        return;
      }
      case "stream":
        await this.#stream(asked, readOnly, response, headers);
    }
  }

  async #stream(
    asked: Extract<RestRequest, { kind: "stream" }>,
    readOnly: boolean,
    response: ServerResponse,
    headers: Headers,
  ): Promise<void> {
    const { address, stats, onCommand, connection } = this.options;
    const name = asked.mode.toUpperCase();
    stats.countCommand(name);
    onCommand?.({ name, args: [name, ...asked.channels] });
    if (readOnly) {
      sendError(response, 400, noPermission(name).message, headers);
      return;
    }
    const ended = stats.countStream();
    try {
      const refused = await streamEvents(response, { address, connection, headers }, [
        name,
        ...asked.channels,
      ]);
      if (refused !== null && !response.headersSent) sendError(response, 400, refused.message, headers);
    } finally {
      ended();
    }
  }

  /** Open to everyone: says whether the engine answers, and nothing else. */
  async #health(response: ServerResponse): Promise<void> {
    const up = await this.options.links.shared.sendEncoded(encodeCommand(["PING"]), 1).then(
      () => true,
      () => false,
    );
    sendJsonText(response, up ? 200 : 503, JSON.stringify({ engine: up ? "up" : "down" }));
  }

  #stats(target: Target, access: Access, request: IncomingMessage, response: ServerResponse): void {
    const [, page, action] = target.segments;
    if (access !== "full" || page !== "stats") {
      sendError(response, 404, "ERR no such page");
      return;
    }
    const snapshot = this.options.stats.snapshot();
    if (action === "reset" && request.method === "POST") this.options.stats.reset();
    sendJsonText(response, 200, JSON.stringify(snapshot));
  }
}
