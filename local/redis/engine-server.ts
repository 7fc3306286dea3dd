import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PortTakenError } from "../http/server";
import { keepRunning } from "../process/keep-running";
import { type GuardedProcess, spawnGuarded } from "../process/spawn-guarded";
import { EngineConnection, EngineDownError } from "./engine-connection";
import type { RedisEngine } from "./engine-contract";
import { describeEngine } from "./engine-features";
import { describeServer, SERVER_NAMES, type ServerProgram } from "./find-servers";
import { parseRedisUrl } from "./redis-address";

/** Another redis-server has its files open in the folder; two servers would corrupt them. */
export class DataDirInUseError extends Error {
  constructor(dataDir: string, pid: number) {
    super(`${dataDir} is in use by Redis (process ${pid}); stop it first`);
    this.name = "DataDirInUseError";
  }
}

/** Time limit of a start: long enough to read a large append-only file. */
const START_TIMEOUT_MS = 30_000;
const START_POLL_MS = 20;
const MAX_PORT_ATTEMPTS = 5;
const MAX_OUTPUT_LINES = 20;
/** Output of Redis and Valkey that cannot read the files in their folder. */
const UNREADABLE_FILES_ERROR =
  /bad file format|reading the (append only|RDB base) file|FATAL AOF MANIFEST FILE/i;
const PID_FILE = "redis.pid";

/**
 * Starts `program` on loopback with append-only files in `dataDir`, and waits until it answers. The server ends with
 * this process, however that ends. When the server ends earlier it is restarted on the same port and files; at most
 * the last two seconds of acknowledged writes are lost, where the disk was slow (`appendfsync everysec`).
 *
 * @param port  0 picks a free one
 * @throws {PortTakenError} @throws {DataDirInUseError}
 * @throws {EngineDownError} the server ended during the start or did not become ready in time
 */
export async function startRedisServer(
  program: ServerProgram,
  dataDir: string,
  port: number,
  onProgress: (message: string) => void,
): Promise<RedisEngine> {
  const folder = path.resolve(dataDir);
  await mkdir(folder, { recursive: true });
  await assertFolderUnused(folder);
  for (let attempt = 1; ; attempt++) {
    const actualPort = port === 0 ? await freePort() : port;
    try {
      const start = (signal: AbortSignal) => launch(program.command, folder, actualPort, signal);
      const { stop } = await keepRunning({ name: describeServer(program), start, onProgress });
      const description = describeEngine(describeServer(program), program.missing);
      return { url: redisUrl(actualPort), kind: "server", description, stop };
    } catch (error) {
      // Another process may bind the free port before the server does.
      if (!(error instanceof PortTakenError) || port !== 0 || attempt === MAX_PORT_ATTEMPTS) throw error;
      onProgress(`Port ${actualPort} was taken by another process; trying another`);
    }
  }
}

async function launch(
  command: string,
  folder: string,
  port: number,
  signal: AbortSignal,
): Promise<GuardedProcess> {
  const output: string[] = [];
  const server = await spawnGuarded({
    command,
    args: serverArguments(folder, port),
    cwd: folder,
    onLine: (line) => {
      output.push(line);
      if (output.length > MAX_OUTPUT_LINES) output.shift();
    },
  });
  try {
    await waitUntilReady(server, port, signal);
  } catch (error) {
    await server.stop();
    const outputText = output.join("\n");
    if (/address already in use/i.test(outputText)) throw new PortTakenError(port, "Redis");
    const problem = UNREADABLE_FILES_ERROR.test(outputText)
      ? `cannot read the files in ${folder}: damaged, or written by another server or a newer one`
      : `did not start: ${output.findLast((line) => line !== "") ?? "no output"}`;
    throw new EngineDownError(`${command} ${problem}\n${outputText}`, { cause: error });
  }
  return server;
}

function redisUrl(port: number): string {
  return `redis://127.0.0.1:${port}`;
}

function serverArguments(folder: string, port: number): string[] {
  const values: Record<string, string> = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    pidfile: path.join(folder, PID_FILE),
    daemonize: "no",
    appendonly: "yes",
    appendfsync: "everysec",
    save: "",
    // A large key that expires is freed in the background, not within the command that notices it.
    "lazyfree-lazy-expire": "yes",
  };
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
}

async function waitUntilReady(server: GuardedProcess, port: number, signal: AbortSignal): Promise<void> {
  const address = parseRedisUrl(redisUrl(port));
  const deadline = Date.now() + START_TIMEOUT_MS;
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  for (;;) {
    try {
      const connection = await EngineConnection.open(address);
      const isOurServer = (await serverPid(connection)) === server.pid;
      connection.close();
      if (isOurServer) return;
      throw new EngineDownError("another server answers on the port: address already in use");
    } catch (error) {
      if (ended || signal.aborted || Date.now() > deadline) throw error;
    }
    await sleep(START_POLL_MS);
  }
}

/** Tells this server apart from another Redis on the same port. */
async function serverPid(connection: EngineConnection): Promise<number> {
  const info = await connection.send(["INFO", "server"]);
  return Number(/process_id:(\d+)/.exec(String(info))?.[1]);
}

async function assertFolderUnused(folder: string): Promise<void> {
  const text = await readFile(path.join(folder, PID_FILE), "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  if (Number.isNaN(pid) || !(await isRedis(pid))) return;
  throw new DataDirInUseError(folder, pid);
}

/** A crash leaves the pid file behind, and another process may have got the pid since. */
async function isRedis(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return SERVER_NAMES.some((name) => commandLine.includes(name));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
