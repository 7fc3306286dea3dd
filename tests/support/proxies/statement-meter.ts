import { startPostgresProxy } from "./tcp-proxy";

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
  let statements = 0;
  const { url, close } = await startPostgresProxy(databaseUrl, (client, dial) => {
    const types = messageTypeParser();
    client.on("data", (chunk: Buffer) => {
      for (const type of types(chunk)) if (type === QUERY || type === EXECUTE) statements += 1;
    });
    client.pipe(dial()).pipe(client);
  });
  return {
    ...{ url, close },
    get statements() {
      return statements;
    },
    reset: () => {
      statements = 0;
    },
  };
}

/** Cuts a client's bytes into messages: the first has a length only, the others a type and a length. */
function messageTypeParser(): (chunk: Buffer) => number[] {
  let buffer = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    const types: number[] = [];
    for (;;) {
      const head = started ? 1 : 0;
      if (buffer.length < head + 4) return types;
      const end = head + buffer.readInt32BE(head);
      if (buffer.length < end) return types;
      if (started) types.push(buffer[0] ?? 0);
      started = true;
      buffer = buffer.subarray(end);
    }
  };
}
