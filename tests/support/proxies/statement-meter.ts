import { postgresMessageParser } from "./postgres-messages";
import { startPostgresProxy } from "./tcp-proxy";

/** Counts SQL statements on the wire between the app and Postgres. */
export interface StatementMeter {
  /** The database's URL through the meter. */
  readonly url: string;
  /** Statements since the start or the last reset, including BEGIN and COMMIT. */
  readonly statements: number;
  reset(): void;
  close(): Promise<void>;
}

/** Postgres protocol messages that execute something: a simple query or a prepared statement. */
const QUERY = "Q".charCodeAt(0);
const EXECUTE = "E".charCodeAt(0);

/** Starts a proxy that parses the client's messages. The URL must contain `sslmode=disable`. */
export async function startStatementMeter(databaseUrl: string): Promise<StatementMeter> {
  let statements = 0;
  const { url, close } = await startPostgresProxy(databaseUrl, (client, dial) => {
    const parse = postgresMessageParser("client");
    client.on("data", (chunk: Buffer) => {
      for (const { type } of parse(chunk)) if (type === QUERY || type === EXECUTE) statements += 1;
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
