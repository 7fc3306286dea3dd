import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Target {
  host: string;
  port: number;
}

export interface TcpProxy {
  readonly port: number;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/**
 * Opens the other side of a connection. When one side closes, so does the other; with `outlivesClient` the backend's
 * side stays open when the client closes.
 */
export type Dial = (target: Target, options?: { outlivesClient?: boolean }) => Socket;

/**
 * Starts a TCP server on loopback that passes each connection to `accept`, which may dial the backend. Small packets
 * are sent immediately (`noDelay`): the kernel would delay them by 40 ms.
 *
 * @param port  0 picks a free one
 */
export async function startTcpProxy(
  accept: (client: Socket, dial: Dial) => void,
  port = 0,
): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const track = (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => open.delete(socket));
    return socket;
  };
  const server = createServer({ noDelay: true }, (client) => {
    track(client);
    accept(client, (target, { outlivesClient = false } = {}) => {
      const backend = track(connect({ ...target, noDelay: true }));
      backend.once("close", () => client.destroy());
      if (!outlivesClient) client.once("close", () => backend.destroy());
      return backend;
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A proxy in front of the Postgres of this URL (`sslmode=disable`), with the URL of the proxy. */
export async function startPostgresProxy(
  databaseUrl: string,
  forward: (client: Socket, dial: () => Socket) => void,
  options?: Parameters<Dial>[1],
): Promise<TcpProxy & { url: string }> {
  const { hostname: host, port } = new URL(databaseUrl);
  const target = { host, port: Number(port || 5432) };
  const proxy = await startTcpProxy((client, dial) => forward(client, () => dial(target, options)));
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${proxy.port}`;
  return { ...proxy, url: url.toString() };
}
