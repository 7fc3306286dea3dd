import type { ServerResponse } from "node:http";
import { type ConnectionOptions, EngineConnection } from "./engine-connection";
import type { RedisAddress } from "./redis-address";
import { type Argument, ErrorReply, type Reply, SimpleString } from "./resp/reply";

export interface EventStreamOptions {
  readonly address: RedisAddress;
  readonly connection?: ConnectionOptions;
  /** Sent in addition to the headers of an event stream. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers a request with the events of SUBSCRIBE, PSUBSCRIBE or MONITOR, on a separate engine connection, until the
 * client or the engine disconnects. The status line is sent with the first frame, so a client that has the headers
 * is subscribed. A slow client causes backpressure: its backlog stays in the engine, whose output buffer limit
 * disconnects it.
 *
 * @throws {EngineDownError} when the engine is unreachable; no response was sent then
 * @returns the engine's error reply to the command, or null once the stream has ended
 */
export async function streamEvents(
  response: ServerResponse,
  { address, connection: connectionOptions, headers }: EventStreamOptions,
  command: readonly Argument[],
): Promise<ErrorReply | null> {
  const connection = await EngineConnection.open(address, connectionOptions);
  let errorReply: ErrorReply | null = null;
  let isPaused = false;
  response.on("close", () => connection.close());
  if (response.destroyed) connection.close();
  connection.stream(command, (reply) => {
    if (reply instanceof ErrorReply) {
      errorReply = reply;
      connection.close();
      return;
    }
    if (!response.headersSent) {
      response.writeHead(200, {
        ...headers,
        "content-type": "text/event-stream",
        "cache-control": "no-cache",
        connection: "keep-alive",
      });
    }
    // frames that arrive before the pause takes effect are written too
    if (response.write(formatEvent(reply)) || isPaused) return;
    isPaused = true;
    connection.pause();
    response.once("drain", () => {
      isPaused = false;
      connection.resume();
    });
  });
  await connection.closed;
  if (response.headersSent) response.end();
  return errorReply;
}

/**
 * `data: message,<channel>,<payload>`, always one line: clients read every line of a frame as a message of its own, so
 * a line break that got through would let a payload pose as a message of another channel.
 */
function formatEvent(reply: Reply): string {
  if (!Array.isArray(reply)) return `data: ${joinLines(monitorText(reply))}\n\n`;
  const parts = reply.map(replyText);
  const payload = parts.pop() ?? "";
  return `data: ${[...parts.map(joinLines), payloadLine(payload)].join(",")}\n\n`;
}

const LINE_BREAK = /\r\n|\r|\n/g;

/**
 * A payload with line breaks: JSON keeps its meaning when they become spaces, and any other text is sent as a JSON
 * string, which the SDK parses back into the text.
 */
function payloadLine(payload: string): string {
  if (!/[\r\n]/.test(payload)) return payload;
  return isJson(payload) ? joinLines(payload) : JSON.stringify(payload);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function joinLines(text: string): string {
  return text.replace(LINE_BREAK, " ");
}

function monitorText(reply: Reply): string {
  if (reply instanceof SimpleString && reply.text === "OK") return '"OK"';
  return replyText(reply);
}

function replyText(reply: Reply): string {
  if (reply === null) return "";
  if (reply instanceof SimpleString) return reply.text;
  return String(reply);
}
