import { once } from "node:events";
import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { PortTakenError } from "../http/server";

export interface EmbeddedPostgres {
  /** For `DATABASE_URL`. */
  readonly url: string;
  /** Writes everything in it to a file, for the `snapshot` of later starts. Nobody may be connected. */
  saveSnapshot(file: string): Promise<void>;
  /** Closes the database, so that its files are whole. Safe to call twice. */
  stop(): Promise<void>;
}

interface EmbeddedPostgresOptions {
  /** Folder of its files; null keeps it in memory. */
  dataDir: string | null;
  /** 0 picks a free port. */
  port: number;
  /** A file of `saveSnapshot` to begin with: an empty database takes five times as long to make. */
  snapshot?: string | undefined;
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
  snapshot,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const actualPort = await reservePort(port);
  const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
    workerData: { dataDir, port: actualPort, snapshot },
    execArgv: [],
  });
  // Rejects when the worker throws first.
  await once(worker, "message");
  let stopping: Promise<void> | undefined;
  const request = async (message: "stop" | { saveSnapshot: string }) => {
    const reply = once(worker, "message");
    worker.postMessage(message);
    await reply;
  };
  const stop = async () => {
    await request("stop");
    await worker.terminate();
  };
  return {
    // Its one user is whoever connects; the password is for tools that insist on one.
    url: `postgresql://postgres:postgres@127.0.0.1:${actualPort}/postgres?sslmode=disable`,
    saveSnapshot: (file) => request({ saveSnapshot: file }),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** PGlite's server neither says which port it got nor who holds it: ask before it does. */
async function reservePort(port: number): Promise<number> {
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
