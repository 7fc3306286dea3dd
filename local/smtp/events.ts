import type { IncomingMessage, ServerResponse } from "node:http";
import type { MailStore } from "./mail-store";

/** Some proxies and browsers close an idle stream. */
const HEARTBEAT_MS = 20_000;

/** Serves an event stream with one event per change of the mailbox; clients then read the API. */
export function handleEvents(store: MailStore, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("retry: 1000\n\n");
  const unsubscribe = store.subscribe(() => response.write("data: changed\n\n"));
  const heartbeat = setInterval(() => response.write(": still here\n\n"), HEARTBEAT_MS);
  request.on("close", () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}
