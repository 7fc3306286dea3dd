import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";

export interface TestHttpServer {
  readonly url: string;
  readonly port: number;
  /** Stops listening and closes open connections. */
  close(): Promise<void>;
}

/** Starts an HTTP server with this listener. @param port  0 picks a free one */
export async function serveHttp(listener: RequestListener, port = 0): Promise<TestHttpServer> {
  const server = createServer(listener).listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
