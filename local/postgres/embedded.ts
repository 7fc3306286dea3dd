import { once } from "node:events";
import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { PortTakenError } from "../http/server";

export interface EmbeddedPostgres {
  /** For `DATABASE_URL`. */
  readonly url: string;
  /** Closes the database, so that its files are whole. Safe to call twice. */
  stop(): Promise<void>;
}

interface EmbeddedPostgresOptions {
  /** Folder of its files; null keeps it in memory. */
  dataDir: string | null;
  /** 0 picks a free port. */
  port: number;
}

/**
 * Starts PGlite, Postgres compiled to WebAssembly, behind the plain Postgres protocol. It runs one
 * statement, and one transaction, after another: races and deadlocks cannot be shown on it.
 *
 * @throws {PortTakenError}
 */
export async function startEmbeddedPostgres({
  dataDir,
  port,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const actualPort = await freePort(port);
  const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
    workerData: { dataDir, port: actualPort },
    execArgv: [],
  });
  // Rejects when the worker throws first.
  await once(worker, "message");
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    const stopped = once(worker, "message");
    worker.postMessage("stop");
    await stopped;
    await worker.terminate();
  };
  return {
    // Its one user is whoever connects; the password is for tools that insist on one.
    url: `postgresql://postgres:postgres@127.0.0.1:${actualPort}/postgres?sslmode=disable`,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** PGlite's server neither says which port it got nor who holds it: ask before it does. */
async function freePort(port: number): Promise<number> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EADDRINUSE"
      ? new PortTakenError(port, "Postgres")
      : error;
  }
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : port;
}
