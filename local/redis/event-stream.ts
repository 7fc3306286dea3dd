import type { ServerResponse } from "node:http";
import { type ConnectionOptions, EngineConnection } from "./engine-connection";
import type { RedisAddress } from "./redis-address";
import { type Argument, ErrorReply, type Reply, SimpleString } from "./resp/reply";

export interface EventStreamOptions {
  readonly address: RedisAddress;
  readonly connection?: ConnectionOptions;
  /** Sent with the event stream's own headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers a request with the events of SUBSCRIBE, PSUBSCRIBE or MONITOR, on an engine connection of its own,
 * until the client leaves or the engine does. The status line goes out with the first frame, so a client that
 * has the headers is subscribed. A slow client is waited for: what it has not taken stays in the engine, whose
 * own limit then cuts it off.
 *
 * @throws {EngineDownError} when the engine cannot be reached; nothing was answered then
 * @returns an error the engine answered with instead of events, or null once the stream is over
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
    // frames that came in before the pause took hold are written all the same
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

/** `data: message,<channel>,<payload>`; a line end in a payload becomes a second data line, as the format has it. */
function formatEvent(reply: Reply): string {
  const line = Array.isArray(reply) ? reply.map(replyText).join(",") : monitorText(reply);
  return `${line
    .split(/\r\n|\r|\n/)
    .map((part) => `data: ${part}`)
    .join("\n")}\n\n`;
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
