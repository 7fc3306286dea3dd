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
  /** A running Redis to use; no engine is started then. */
  readonly redisUrl?: string;
  /** Loopback port of an engine started here; 0 or undefined picks a free one. */
  readonly port?: number;
  /** `auto` picks the most capable engine available; `embedded` ignores `redisUrl` and servers on the PATH. */
  readonly engine?: "auto" | "embedded";
  /** Receives progress as one line of plain text each. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Provides a Redis: the one at `redisUrl`; else the most capable `redis-server` or `valkey-server` (7 or later) on
 * the PATH, with append-only files in `dataDir` and restarted when it ends; else an engine inside this process,
 * which is slower and loses its data when it stops.
 *
 * @throws {EngineRefusedError} `redisUrl` has a wrong password or database
 * @throws {EngineDownError} `redisUrl` does not answer
 * @throws {PortTakenError} `port` is in use
 * @throws {DataDirInUseError} another redis-server uses `dataDir`
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
      // Redis and Valkey cannot read each other's newer files: the next program may have written these.
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
  return { url, kind: "external", description: "external", stop: async () => {} };
}
