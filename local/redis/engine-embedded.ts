import { createRedisServer } from "js-redis-server";
import { PortTakenError } from "../http/server";
import type { RedisEngine } from "./engine-contract";

/**
 * A Redis written in JavaScript, inside this process and in memory only. It speaks RESP on loopback like any
 * other; some commands are missing (OBJECT, MEMORY USAGE, DUMP, JSON.*, `XADD … MAXLEN =`).
 *
 * @throws {PortTakenError} when somebody listens on `port`
 */
export async function startEmbeddedEngine(port: number): Promise<RedisEngine> {
  const server = await createRedisServer({ port }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE" ? new PortTakenError(port, "embedded Redis") : error;
  });
  let stopped: Promise<void> | null = null;
  return {
    url: `redis://127.0.0.1:${server.port}`,
    kind: "embedded",
    stop: () => {
      stopped ??= server.close();
      return stopped;
    },
  };
}
