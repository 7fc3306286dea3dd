import { firstLine } from "../process/first-line";
import { EngineConnection, EngineDownError } from "./engine-connection";
import type { RedisEngine } from "./engine-contract";
import { startEmbeddedEngine } from "./engine-embedded";
import { startRedisServer } from "./engine-server";
import { describeServer, findServers } from "./find-servers";
import { parseRedisUrl } from "./redis-address";

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
 * Makes a Redis available: the one at `redisUrl`, or the most capable `redis-server` or `valkey-server` (7
 * or later) on the PATH, with its data appended to files in `dataDir` and restarted when it ends, or one inside
 * this process, which is slower and forgets everything when it stops.
 *
 * @throws {EngineRefusedError} `redisUrl` wants another password, or has no such database
 * @throws {EngineDownError} nobody answers at `redisUrl`
 * @throws {PortTakenError} somebody listens on `port`
 * @throws {DataDirInUseError} another redis-server works in `dataDir`
 */
export async function startRedisEngine(options: RedisEngineOptions): Promise<RedisEngine> {
  const onProgress = options.onProgress ?? (() => {});
  const port = options.port ?? 0;
  if (options.engine === "embedded") return startEmbeddedEngine(port);
  if (options.redisUrl !== undefined && options.redisUrl !== "") return connectExternal(options.redisUrl);
  const [best, ...alternatives] = await findServers(process.env.PATH ?? "", onProgress);
  if (best === undefined) {
    onProgress("No redis-server or valkey-server on the PATH: using the embedded engine");
    return startEmbeddedEngine(port);
  }
  let program = best;
  for (;;) {
    try {
      return await startRedisServer(program, options.dataDir, port, onProgress);
    } catch (error) {
      // Redis and Valkey do not read each other's newer files: the one that wrote these may come next.
      const next = alternatives.shift();
      if (next === undefined || !(error instanceof EngineDownError)) throw error;
      onProgress(`${firstLine(error)}; trying ${describeServer(next)}`);
      program = next;
    }
  }
}

async function connectExternal(url: string): Promise<RedisEngine> {
  const connection = await EngineConnection.open(parseRedisUrl(url));
  connection.close();
  return { url, kind: "external", description: "yours", stop: async () => {} };
}
