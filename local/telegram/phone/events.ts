import type { IncomingMessage, ServerResponse } from "node:http";
import type { Feed } from "../feed";

/** Some proxies and browsers close an idle stream. */
const HEARTBEAT_MS = 20_000;
/** A page is notified of many changes at once at most this often; it then reads the API. */
const BATCH_MS = 50;

/** Serves an event stream: `{ bots: [id], chats: ["<bot>:<user>"] }` of what changed. */
export function handleEvents(feed: Feed, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("retry: 1000\n\n");
  const bots = new Set<number>();
  const chats = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    response.write(`data: ${JSON.stringify({ bots: [...bots], chats: [...chats] })}\n\n`);
    bots.clear();
    chats.clear();
  };
  const unsubscribe = feed.watchAll(({ bot, user }) => {
    if (user === null) bots.add(bot);
    else chats.add(`${bot}:${user}`);
    timer ??= setTimeout(flush, BATCH_MS);
  });
  const heartbeat = setInterval(() => response.write(": still here\n\n"), HEARTBEAT_MS);
  request.on("close", () => {
    clearInterval(heartbeat);
    clearTimeout(timer);
    unsubscribe();
  });
}
