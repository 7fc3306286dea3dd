import { execFile } from "node:child_process";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { spawnGuarded } from "@/local/process/spawn-guarded";
import { timeZones } from "./time-zones";

const execCommand = promisify(execFile);

export interface RealPostgres {
  url: string;
  /** Restarts it at the same address with every connection cut, as a failover does. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a Postgres from the system's binaries, in a new folder and on a free port.
 * @param settings  more settings of the server, such as `shared_preload_libraries=auto_explain`
 */
export async function startRealPostgres(settings: readonly string[] = []): Promise<RealPostgres> {
  const bin = await findBinFolder();
  const folder = await createServerFolder("postgres");
  const data = path.join(folder, "data");
  await execCommand(
    ...asServerUser(path.join(bin, "initdb"), [
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "trust",
      "-E",
      "UTF8",
      // As hosted databases have it; under C, trigrams know ASCII only.
      "--locale=C.UTF-8",
      "-N",
    ]),
  );
  const port = await freePort();
  const [command, args] = asServerUser(path.join(bin, "postgres"), [
    ...["-D", data, "-p", String(port), "-k", folder, "-h", "127.0.0.1"],
    // Crash tests kill the app, never this server, so nothing needs to survive it.
    ...[
      "-c",
      "fsync=off",
      "-c",
      "full_page_writes=off",
      "-c",
      "wal_level=minimal",
      "-c",
      "max_wal_senders=0",
    ],
    ...["-c", "max_wal_size=4GB", "-c", "shared_buffers=256MB"],
    ...["-c", "max_connections=200", "-c", "deadlock_timeout=100ms"],
    ...["-c", `timezone=${timeZones.server}`],
    ...settings.flatMap((setting) => ["-c", setting]),
  ]);
  const start = () => spawnGuarded({ command, args, stopSignal: "SIGINT" });
  let server = await start();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`;
  await waitUntilReady(url);
  return {
    url,
    restart: async () => {
      await server.stop();
      server = await start();
      await waitUntilReady(url);
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Postgres and PgBouncer refuse to run as root: under root they run as the user `postgres`. */
const isRoot = userInfo().uid === 0;

/** The command that runs a server, for `spawn`. */
export function asServerUser(command: string, args: string[]): [string, string[]] {
  return isRoot ? ["runuser", ["-u", "postgres", "--", command, ...args]] : [command, args];
}

/** A new folder that the server's user owns. */
export async function createServerFolder(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `normaldance-${name}-`));
  if (isRoot) await chown(folder, ...(await postgresUserIds()));
  return folder;
}

/** Debian's folder with the newest version, or the folder that pg_config reports. */
export async function findBinFolder(): Promise<string> {
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest !== undefined) return `/usr/lib/postgresql/${newest}/bin`;
  const { stdout } = await execCommand("pg_config", ["--bindir"]);
  return stdout.trim();
}

async function postgresUserIds(): Promise<[number, number]> {
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => execCommand("id", [flag, "postgres"])));
  return [Number(uid?.stdout), Number(gid?.stdout)];
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("no port");
  return address.port;
}

const START_TIMEOUT_MS = 20_000;

export async function waitUntilReady(url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
