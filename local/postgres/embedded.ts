import { once } from "node:events";
import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { ROLE_SETTINGS } from "../../lib/db/role-settings";
import { PortTakenError } from "../http/server";

export interface EmbeddedPostgres {
  /** For `DATABASE_URL`. */
  readonly url: string;
  /** Writes the database to a file, for `snapshot` of later starts. No client may be connected. */
  saveSnapshot(file: string): Promise<void>;
  /** Closes the database, so that its files are consistent. Safe to call twice. */
  stop(): Promise<void>;
}

interface EmbeddedPostgresOptions {
  /** Folder of the database files; null keeps them in memory. */
  dataDir: string | null;
  /** 0 picks a free port. */
  port: number;
  /** A file from `saveSnapshot` to start from, five times faster than creating an empty database. */
  snapshot?: string | undefined;
}

/**
 * Starts PGlite, Postgres compiled to WebAssembly, behind the Postgres wire protocol. It runs statements and
 * transactions one after another: races and deadlocks cannot be reproduced on it.
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
    workerData: { dataDir, port: actualPort, snapshot, settings: ROLE_SETTINGS },
    execArgv: [],
  });
  // Rejects when the worker throws.
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
    // Any user and password are accepted; the password is for tools that require one.
    url: `postgresql://postgres:postgres@127.0.0.1:${actualPort}/postgres?sslmode=disable`,
    saveSnapshot: (file) => request({ saveSnapshot: file }),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** PGlite's server reports neither the port it got nor that it is taken, so the port is bound here first. */
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
