import type { IncomingMessage, ServerResponse } from "node:http";
import type { MailStore } from "./mail-store";

/** Some proxies and browsers drop a stream that says nothing. */
const HEARTBEAT_MS = 20_000;

/** An event stream that says that the mailbox changed; what changed is read from the API. */
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
