import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLargeError, sendJson } from "../../http/server";
import type { TelegramContext } from "../context";
import { BotApiError } from "../errors";
import { authenticate } from "./bots";
import { readParams } from "./params";
import { runMethod } from "./run-method";

const NOT_FOUND = new BotApiError(404, "Not Found");

/**
 * Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`.
 * @returns false for any other path
 */
export function handleBotApi(
  context: TelegramContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): boolean {
  const call = /^\/bot([^/]+)\/(?:test\/)?([A-Za-z]+)\/?$/.exec(url.pathname);
  const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname);
  if (!call && !file) return false;
  const work = call
    ? answerCall(context, request, response, url, call)
    : sendFile(context, request, response, file ?? []);
  work.catch((error: unknown) => {
    if (response.headersSent) response.destroy();
    else sendError(response, error);
  });
  return true;
}

async function answerCall(
  context: TelegramContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  [, token = "", method = ""]: readonly string[],
): Promise<void> {
  const closed = new AbortController();
  response.once("close", () => closed.abort());
  const params = await readParams(request, url, context.limits.maxBodyBytes);
  if (request.method !== "GET" && request.method !== "POST") throw NOT_FOUND;
  const bot = authenticate(context, decodeURIComponent(token));
  const outcome = await runMethod(context, bot, method, params, { closed: closed.signal });
  if (outcome.kind === "closed") request.socket.destroy();
  if (outcome.kind !== "answer") return;
  const { parameters } = outcome.body as { parameters?: { retry_after?: number } };
  const retryAfter = parameters?.retry_after;
  sendJson(response, outcome.status, outcome.body, retryAfter ? { "retry-after": String(retryAfter) } : {});
}

async function sendFile(
  context: TelegramContext,
  request: IncomingMessage,
  response: ServerResponse,
  [, token = "", path = ""]: readonly string[],
): Promise<void> {
  request.resume();
  authenticate(context, decodeURIComponent(token));
  const file = context.store.state.fileByPath(decodeURIComponent(path));
  const bytes = file && (await context.files.read(file.fileId));
  if (!file || !bytes) throw NOT_FOUND;
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": bytes.length,
    "content-disposition": "attachment",
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function sendError(response: ServerResponse, error: unknown): void {
  const answer = asBotApiError(error);
  sendJson(response, answer.code, answer.body);
}

function asBotApiError(error: unknown): BotApiError {
  if (error instanceof BotApiError) return error;
  if (error instanceof BodyTooLargeError) return new BotApiError(413, "Request Entity Too Large");
  if (error instanceof URIError) return NOT_FOUND;
  const message = error instanceof Error ? error.message : String(error);
  return new BotApiError(500, `Internal Server Error: ${message}`);
}
