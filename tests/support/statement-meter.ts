import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Counts SQL statements where nobody can hide one: on the wire between the app and Postgres. */
export interface StatementMeter {
  /** The database's URL through the meter. */
  readonly url: string;
  /** Statements run since the start or the last reset; BEGIN and COMMIT are statements too. */
  readonly statements: number;
  reset(): void;
  close(): Promise<void>;
}

/** Message types of the Postgres protocol that run something: a simple query, or a prepared statement. */
const QUERY = "Q".charCodeAt(0);
const EXECUTE = "E".charCodeAt(0);

/** Starts a proxy that reads the client's side of the protocol. The URL must say `sslmode=disable`. */
export async function startStatementMeter(databaseUrl: string): Promise<StatementMeter> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let statements = 0;

  // Without it the kernel holds small packets back for 40 ms.
  const server = createServer({ noDelay: true }, (client) => {
    const backend = connect({ port: Number(target.port || 5432), host: target.hostname, noDelay: true });
    const types = messageTypes();
    client.on("data", (chunk: Buffer) => {
      for (const type of types(chunk)) if (type === QUERY || type === EXECUTE) statements += 1;
    });
    client.pipe(backend).pipe(client);
    for (const socket of [client, backend]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => {
        sockets.delete(socket);
        client.destroy();
        backend.destroy();
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
    get statements() {
      return statements;
    },
    reset: () => {
      statements = 0;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Cuts a client's bytes into messages: the first has a length only, the others a type and a length. */
function messageTypes(): (chunk: Buffer) => number[] {
  let rest = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const types: number[] = [];
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return types;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) return types;
      if (started) types.push(rest[0] ?? 0);
      started = true;
      rest = rest.subarray(end);
    }
  };
}
