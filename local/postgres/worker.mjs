// @ts-check
import { readFile, writeFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { keepStatementsWhole } from "./whole-statements.mjs";

/**
 * Runs PGlite behind its socket server in a worker thread: its WebAssembly is synchronous and would block the
 * gateway and the emulators during every statement. Plain JavaScript, so that a thread can start it under any loader.
 *
 * workerData: `{ dataDir: string | null, port: number, snapshot?: string, settings: Record<string, string> }`. Posts
 * `ready`; then answers `stop` with `stopped`, and `{ saveSnapshot: file }` with `saved`.
 */

/** More than any test or page opens. A connection is only a socket: statements run one after another. */
const MAX_CONNECTIONS = 200;

if (!parentPort) throw new Error("local/postgres/worker.mjs runs as a worker thread");
const parent = parentPort;
const { dataDir, port, snapshot, settings } = workerData;

const database = await PGlite.create({
  // A migration creates it in the database; its files must be there whenever the database is opened.
  extensions: { pg_trgm },
  ...(dataDir === null ? {} : { dataDir }),
  ...(snapshot === undefined ? {} : { loadDataDir: new Blob([await readFile(snapshot)]) }),
});
// Its one session began before any role could be altered, so it gets here what a role's connections begin with.
for (const [name, value] of Object.entries(settings)) await database.exec(`SET ${name} = '${value}'`);
const server = new PGLiteSocketServer({
  db: keepStatementsWhole(database),
  host: "127.0.0.1",
  port,
  maxConnections: MAX_CONNECTIONS,
});
await server.start();
parent.on("message", async (message) => {
  if (message !== "stop") {
    const dump = await database.dumpDataDir("none");
    await writeFile(message.saveSnapshot, Buffer.from(await dump.arrayBuffer()));
    parent.postMessage("saved");
    return;
  }
  await server.stop();
  await database.close();
  parent.postMessage("stopped");
});
parent.postMessage("ready");
