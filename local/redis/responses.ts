import type { ServerResponse } from "node:http";
import { BodyTooLargeError } from "../http/server";
import { EngineDownError } from "./engine-connection";
import { encodeReply } from "./resp/encode";
import { errorToJson, replyToJson } from "./resp/json";
import type { Reply } from "./resp/reply";
import type { Format } from "./response-format";

type Headers = Readonly<Record<string, string>>;

/** Sends the reply of one command. */
export function sendReply(
  response: ServerResponse,
  status: number,
  reply: Reply,
  format: Format,
  headers: Headers,
): void {
  if (format.resp2) sendBytes(response, status, encodeReply(reply), headers);
  else sendJsonText(response, status, replyToJson(reply, format.encoding), headers);
}

/** Sends the replies of a pipeline or transaction: a list of `{result}` and `{error}`, or RESP2 replies in sequence. */
export function sendReplies(
  response: ServerResponse,
  replies: readonly Reply[],
  format: Format,
  headers: Headers,
): void {
  if (format.resp2) {
    sendBytes(response, 200, Buffer.concat(replies.map(encodeReply)), headers);
    return;
  }
  const items = replies.map((reply) => replyToJson(reply, format.encoding));
  sendJsonText(response, 200, `[${items.join(",")}]`, headers);
}

/** Sends `{"error": message}`. */
export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  headers?: Headers,
): void {
  sendJsonText(response, status, errorToJson(message), headers);
}

/** Sends the response for a thrown error: 413 for a body over the limit, 503 for an engine that is down, else 500. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
  } else if (error instanceof BodyTooLargeError) {
    sendError(response, 413, `ERR max request size exceeded. Limit: ${error.limitBytes} bytes`);
  } else if (error instanceof EngineDownError) {
    sendError(response, 503, `CLUSTERDOWN the Redis behind this gateway is down: ${error.message}`);
  } else {
    sendError(response, 500, `ERR ${error instanceof Error ? error.message : "unknown error"}`);
  }
}

/** Sends text that is already JSON. */
export function sendJsonText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Headers = {},
): void {
  response.writeHead(status, {
    ...headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

function sendBytes(response: ServerResponse, status: number, bytes: Buffer, headers: Headers): void {
  response.writeHead(status, {
    ...headers,
    "content-type": "application/octet-stream",
    "content-length": bytes.length,
  });
  response.end(bytes);
}
