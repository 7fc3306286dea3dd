import type { IncomingHttpHeaders } from "node:http";
import { type ListeningServer, listen, readBody } from "@/local/http/server";
import { waitUntil } from "@/tests/support/clients/wait-until";

export interface Received {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
  at: number;
  /** Whether the caller disconnected before the response. */
  abandoned: boolean;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Delays the response until this resolves. */
  after?: Promise<unknown>;
}

export interface TestReceiver {
  readonly url: string;
  readonly received: Received[];
  /** Bodies in order of arrival. */
  readonly texts: string[];
  /** Number of requests in flight, and its maximum so far. */
  readonly active: number;
  readonly peak: number;
  onRequest: (request: Received) => Reply | undefined;
  /** Waits for at least `count` requests that `match`. */
  waitFor(count: number, match?: (request: Received) => boolean): Promise<Received[]>;
  close(): Promise<void>;
}

/** Starts a destination that records requests and answers with `onRequest`. */
export async function startReceiver(
  onRequest: TestReceiver["onRequest"] = () => undefined,
): Promise<TestReceiver> {
  const received: Received[] = [];
  let active = 0;
  let peak = 0;
  const server: ListeningServer = await listen("test receiver", 0, (request, response) => {
    void (async () => {
      active++;
      peak = Math.max(peak, active);
      const body = await readBody(request, 50_000_000);
      const entry: Received = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body,
        text: body.toString(),
        at: Date.now(),
        abandoned: false,
      };
      response.once("close", () => {
        entry.abandoned = !response.writableEnded;
      });
      received.push(entry);
      const reply = receiver.onRequest(entry) ?? {};
      await reply.after;
      active--;
      response.writeHead(reply.status ?? 200, reply.headers);
      response.end(reply.body ?? "ok");
    })();
  });
  const receiver: TestReceiver = {
    url: server.url,
    received,
    get texts() {
      return received.map(({ text }) => text);
    },
    get active() {
      return active;
    },
    get peak() {
      return peak;
    },
    onRequest,
    async waitFor(count, match = () => true) {
      await waitUntil(`${count} requests`, () => received.filter(match).length >= count);
      return received.filter(match);
    },
    close: () => server.close(),
  };
  return receiver;
}
