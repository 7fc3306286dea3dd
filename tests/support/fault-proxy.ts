import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import { PassThrough } from "node:stream";

/**
 * What stands between the app and a backend:
 * pass     everything goes through
 * refuse   nobody listens
 * hang     takes connections and bytes, answers nothing, passes nothing on
 * swallow  passes requests on, and the answers never come: what was asked for happens all the same
 * slow     every answer comes two seconds late
 * error    HTTP 500 with an error in JSON, as a backend in trouble answers
 * limited  HTTP 429, as a backend whose plan is used up answers
 * page     HTTP 502 with a page, as a proxy in front of one that is gone answers
 */
export type FaultMode = "pass" | "refuse" | "hang" | "swallow" | "slow" | "error" | "limited" | "page";

const SLOW_MS = 2_000;

export interface FaultProxy {
  readonly port: number;
  /** Connections clients have made so far. */
  readonly connections: number;
  /** Changes what happens from now on. Open connections are cut, as a failing network would. */
  set(mode: FaultMode): Promise<void>;
  close(): Promise<void>;
}

/** Starts a TCP proxy on a free port of loopback, passing everything. */
export async function startFaultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  const open = new Set<Socket>();
  let mode: FaultMode = "pass";
  let server: Server | undefined;
  let connections = 0;

  function accept(client: Socket): void {
    connections += 1;
    track(client);
    if (mode === "hang") {
      client.resume();
      return;
    }
    const backend = connect({ ...target, noDelay: true });
    track(backend);
    client.pipe(backend);
    if (mode === "pass") backend.pipe(client);
    else if (mode === "slow") backend.pipe(late()).pipe(client);
    else backend.resume();
    // In `swallow` a client that gave up must not take its request back.
    if (mode === "pass") client.once("close", () => backend.destroy());
    backend.once("close", () => client.destroy());
  }

  /** An HTTP server that has nothing good to say. */
  function answering(status: number, type: string, body: string): Server {
    const http = createHttpServer((request, response) => {
      request.resume();
      response.writeHead(status, { "content-type": type }).end(body);
    });
    http.on("connection", track);
    return http;
  }

  function serverOf(): Server {
    if (mode === "error") return answering(500, "application/json", '{"error":"ERR internal error"}');
    if (mode === "limited") return answering(429, "application/json", '{"error":"quota exceeded"}');
    if (mode === "page") return answering(502, "text/html", "<html>502 Bad Gateway</html>");
    // Without it the kernel holds small packets back for 40 ms.
    return createServer({ noDelay: true }, accept);
  }

  function track(socket: Socket): void {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => open.delete(socket));
  }

  async function listen(port: number): Promise<number> {
    server = serverOf();
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || !address) throw new Error("no port");
    return address.port;
  }

  async function stopListening(): Promise<void> {
    const listening = server;
    server = undefined;
    for (const socket of open) socket.destroy();
    if (!listening) return;
    listening.close();
    await once(listening, "close");
  }

  const port = await listen(0);
  return {
    port,
    get connections() {
      return connections;
    },
    set: async (next) => {
      await stopListening();
      mode = next;
      if (mode !== "refuse") await listen(port);
    },
    close: stopListening,
  };
}

function late(): PassThrough {
  const delayed = new PassThrough();
  const write = delayed._transform.bind(delayed);
  delayed._transform = (chunk, encoding, done) =>
    void setTimeout(() => write(chunk, encoding, done), SLOW_MS);
  return delayed;
}
