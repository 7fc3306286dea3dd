import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Stands between the app and Postgres and cuts the connection on which a COMMIT has just been sent. */
export interface CommitCutter {
  /** The database's URL through the cutter. */
  readonly url: string;
  /** Commits whose answer nobody got. */
  readonly cuts: number;
  /** The next commits after `skip` are passed on and never answered. */
  arm(count: number): void;
  close(): Promise<void>;
}

/** The URL must say `sslmode=disable`. */
export async function startCommitCutter(databaseUrl: string): Promise<CommitCutter> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  let armed = 0;
  let cuts = 0;

  // Without it the kernel holds small packets back for 40 ms.
  const server = createServer({ noDelay: true }, (client) => {
    const backend = connect({ port: Number(target.port || 5432), host: target.hostname, noDelay: true });
    client.on("data", (chunk: Buffer) => {
      backend.write(chunk);
      if (armed === 0 || !chunk.includes("COMMIT")) return;
      armed -= 1;
      cuts += 1;
      // Postgres reads what was sent before it sees that the connection is gone.
      backend.end();
      client.destroy();
    });
    backend.pipe(client);
    for (const [socket, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => {
        open.delete(socket);
        if (socket === backend || armed === 0) other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.toString(),
    get cuts() {
      return cuts;
    },
    arm: (count) => {
      armed = count;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
