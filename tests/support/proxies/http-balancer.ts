import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** One address in front of several instances. Each request takes the next one that is there. */
export interface HttpBalancer {
  readonly url: string;
  /** Answers of each instance so far, by port. */
  readonly responseCounts: ReadonlyMap<number, number>;
  /** @returns what takes it away */
  add(port: number): () => void;
  /** False: event streams are cut and refused, and everything else goes on. */
  setStreamsAllowed(pass: boolean): void;
  close(): Promise<void>;
}

/**
 * As a platform's load balancer: an instance that refuses the connection is passed over, one that dies in the middle
 * cuts its callers off. Bodies flow both ways as they come, so that event streams do too.
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
    if (url?.startsWith("/api/realtime")) {
      if (!streamsAllowed) {
        outgoing.writeHead(503).end();
        return;
      }
      streams.add(outgoing);
      outgoing.once("close", () => streams.delete(outgoing));
    }
    const upstream = request({ host: "127.0.0.1", port: target, method, path: url, headers }, (answer) => {
      responseCounts.set(target, (responseCounts.get(target) ?? 0) + 1);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on("close", () => (answer.complete ? undefined : outgoing.destroy()));
    });
    upstream.on("error", (error: NodeJS.ErrnoException) => {
      // Nothing has been sent yet: the next one may have it.
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
