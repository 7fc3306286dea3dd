import { parseRedisUrl } from "./address";
import { EngineConnection } from "./connection";
import type { RedisEngine } from "./engine-contract";
import { startEmbeddedEngine } from "./engine-embedded";
import { findRedisServer, startRedisServer } from "./engine-server";

export type { RedisEngine, RedisEngineKind } from "./engine-contract";

export interface RedisEngineOptions {
  /** Folder for the data of a redis-server started here; created when missing. */
  readonly dataDir: string;
  /** A Redis that runs already. Nothing is started then. */
  readonly redisUrl?: string;
  /** Where an engine started here listens on loopback; 0 or nothing picks a free port. */
  readonly port?: number;
  /** `auto` takes what is best of what is there; `embedded` looks neither for a URL nor for a server. */
  readonly engine?: "auto" | "embedded";
  /** One line of plain text about what is going on. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Makes a Redis available: the one at `redisUrl`, or a `redis-server` (7 or later) found on the PATH with its
 * data appended to files in `dataDir`, or one inside this process, which is slower and forgets everything
 * when it stops.
 *
 * @throws {EngineRefusedError} `redisUrl` wants another password, or has no such database
 * @throws {EngineDownError} nobody answers at `redisUrl`
 * @throws {PortTakenError} somebody listens on `port`
 * @throws {DataDirInUseError} another redis-server works in `dataDir`
 */
export async function startRedisEngine(options: RedisEngineOptions): Promise<RedisEngine> {
  const progress = options.onProgress ?? (() => {});
  const port = options.port ?? 0;
  if (options.engine === "embedded") return startEmbeddedEngine(port);
  if (options.redisUrl !== undefined && options.redisUrl !== "") return connectExternal(options.redisUrl);
  const server = await findRedisServer(progress);
  if (server !== null) return startRedisServer(server, options.dataDir, port, progress);
  progress("No redis-server on the PATH: using the embedded engine, which keeps nothing after it stops");
  return startEmbeddedEngine(port);
}

async function connectExternal(url: string): Promise<RedisEngine> {
  const connection = await EngineConnection.open(parseRedisUrl(url));
  connection.close();
  return { url, kind: "external", stop: async () => {} };
}
