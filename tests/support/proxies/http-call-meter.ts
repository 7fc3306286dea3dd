import { serveHttp } from "./http-server";

/** Counts HTTP calls on the wire between a client and its server. */
export interface HttpCallMeter {
  /** The server's address through the meter. */
  readonly url: string;
  /** Requests since the start or the last reset. */
  readonly calls: number;
  reset(): void;
  close(): Promise<void>;
}

/** Headers of one connection (hop by hop), not of the request. */
const HOP_HEADERS = new Set(["host", "connection", "content-length", "transfer-encoding", "accept-encoding"]);

/** Starts a proxy on a free loopback port that forwards every request. */
export async function startHttpCallMeter(target: string): Promise<HttpCallMeter> {
  let calls = 0;
  const server = await serveHttp((incoming, outgoing) => {
    calls += 1;
    const forward = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const headers = Object.entries(incoming.headers).filter(([name]) => !HOP_HEADERS.has(name));
      const response = await fetch(new URL(incoming.url ?? "/", target), {
        method: incoming.method ?? "GET",
        headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      outgoing.writeHead(response.status, {
        "content-type": response.headers.get("content-type") ?? "application/json",
      });
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    };
    forward().catch(() => outgoing.destroy());
  });
  return {
    url: server.url,
    get calls() {
      return calls;
    },
    reset: () => {
      calls = 0;
    },
    close: () => server.close(),
  };
}
