import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** One address in front of several instances, round robin by request. */
export interface HttpBalancer {
  readonly url: string;
  /** Responses of each instance so far, by port. */
  readonly responseCounts: ReadonlyMap<number, number>;
  /** @returns a function that removes it */
  add(port: number): () => void;
  /** False: cuts and refuses event streams; other requests pass. */
  setStreamsAllowed(pass: boolean): void;
  close(): Promise<void>;
}

/**
 * Behaves like a platform's load balancer: skips an instance that refuses the connection, and cuts off the clients of
 * one that dies during a response. Bodies are streamed both ways, for event streams.
 */
export async function startHttpBalancer(port: number): Promise<HttpBalancer> {
  const targets: number[] = [];
  const responseCounts = new Map<number, number>();
  const sockets = new Set<Socket>();
  const streams = new Set<ServerResponse>();
  let streamsAllowed = true;
  let nextIndex = 0;

  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, attempts: number) => {
    const target = targets[nextIndex++ % Math.max(1, targets.length)];
    if (target === undefined || attempts > targets.length) {
      outgoing.writeHead(503, { "retry-after": "1" }).end();
      return;
    }
    const { method, url, headers } = incoming;
    if (method === "GET" && url?.startsWith("/api/realtime")) {
      if (!streamsAllowed) {
        outgoing.writeHead(503).end();
        return;
      }
      streams.add(outgoing);
      outgoing.once("close", () => streams.delete(outgoing));
    }
    const upstream = request(
      { host: "127.0.0.1", port: target, method, path: url, headers },
      (upstreamResponse) => {
        responseCounts.set(target, (responseCounts.get(target) ?? 0) + 1);
        outgoing.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
        upstreamResponse.pipe(outgoing);
        upstreamResponse.on("close", () => (upstreamResponse.complete ? undefined : outgoing.destroy()));
      },
    );
    upstream.on("error", (error: NodeJS.ErrnoException) => {
      // Nothing has been sent yet, so the next instance can take the request.
      if (error.code === "ECONNREFUSED" && !outgoing.headersSent) forward(incoming, outgoing, attempts + 1);
      else outgoing.destroy();
    });
    outgoing.on("close", () => upstream.destroy());
    upstream.once("socket", (socket) => {
      const send = () => incoming.pipe(upstream);
      if (socket.connecting) socket.once("connect", send);
      else send();
    });
  };

  const server = createServer((incoming, outgoing) => forward(incoming, outgoing, 0));
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${port}`,
    responseCounts,
    add: (target) => {
      targets.push(target);
      return () => {
        const index = targets.indexOf(target);
        if (index >= 0) targets.splice(index, 1);
      };
    },
    setStreamsAllowed: (pass) => {
      streamsAllowed = pass;
      if (!pass) for (const stream of streams) stream.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
