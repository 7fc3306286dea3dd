import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { createRedisServer } from "js-redis-server";
import { PortTakenError } from "../http/server";
import type { RedisEngine } from "./engine-contract";
import { describeEngine, EMBEDDED_MISSING_FEATURES } from "./engine-features";

const LOOPBACK = "127.0.0.1";

/**
 * Starts a Redis written in JavaScript, inside this process and in memory only. It serves RESP on loopback;
 * {@link EMBEDDED_MISSING_FEATURES} lists what it lacks.
 *
 * @param port  0 picks a free one
 * @throws {PortTakenError}
 */
export async function startEmbeddedEngine(port: number): Promise<RedisEngine> {
  const redis = await createRedisServer({ port: 0 });
  const { server } = redis.server;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await rebindToLoopback(server, port).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE" ? new PortTakenError(port, "embedded Redis") : error;
  });
  let stopped: Promise<void> | null = null;
  return {
    url: `redis://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    kind: "embedded",
    description: describeEngine("embedded, data in memory only", EMBEDDED_MISSING_FEATURES),
    stop: () => {
      stopped ??= redis.close();
      // close() waits for open connections, and clients keep theirs open
      for (const socket of sockets) socket.destroy();
      return stopped;
    },
  };
}

/** The library listens on every interface without a password, so it is moved to loopback. */
async function rebindToLoopback(server: Server, port: number): Promise<void> {
  server.close();
  await once(server, "close");
  const listening = once(server, "listening");
  server.listen(port, LOOPBACK);
  await listening;
}
