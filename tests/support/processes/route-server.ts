import { createServer, type IncomingMessage } from "node:http";
import type { RouteHandler } from "@/lib/core/http";

export interface RouteServer {
  url: string;
  /** Resolves when no handler is running. */
  close(): Promise<void>;
}

/** A handler, and where it answers. */
export interface ServedRoute {
  /** As OpenAPI writes it: `/api/posts/{id}`. */
  path: string;
  method: string;
  handler: RouteHandler;
}

/**
 * Serves route handlers over plain HTTP, for tests in which a backend calls back. Pages and middleware are tested on
 * Next itself, end to end.
 * @param port  0 picks a free one; QStash delivers to the port of `APP_URL`
 */
export async function serveRoutes(port: number, served: readonly ServedRoute[]): Promise<RouteServer> {
  const routes = served.map(({ path, method, handler }) => ({
    method,
    handler,
    expression: new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
  }));
  const running = new Set<Promise<Response>>();
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const request = await toRequest(incoming);
      const { pathname } = new URL(request.url);
      for (const { method, handler, expression } of routes) {
        const match = expression.exec(pathname);
        if (method !== request.method || !match) continue;
        const handling = handler(request, { params: Promise.resolve({ ...match.groups }) });
        running.add(handling);
        const response = await handling.finally(() => running.delete(handling));
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(Buffer.from(await response.arrayBuffer()));
        return;
      }
      outgoing.writeHead(404).end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await Promise.allSettled(running);
    },
  };
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  return new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method ?? "GET",
    headers,
    ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
  });
}
