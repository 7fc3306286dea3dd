import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { createRedisServer } from "js-redis-server";
import { PortTakenError } from "../http/server";
import type { RedisEngine } from "./engine-contract";
import { describeEngine, EMBEDDED_MISSING_FEATURES } from "./engine-features";

const LOOPBACK = "127.0.0.1";

/**
 * A Redis written in JavaScript, inside this process and in memory only. It speaks RESP on loopback like any
 * other; {@link EMBEDDED_MISSING_FEATURES} says what is missing.
 *
 * @param port  0 picks a free one
 * @throws {PortTakenError} when somebody listens on `port`
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
    description: describeEngine("embedded; keeps nothing after it stops", EMBEDDED_MISSING_FEATURES),
    stop: () => {
      stopped ??= redis.close();
      // closing waits for connections to end, and clients keep theirs open
      for (const socket of sockets) socket.destroy();
      return stopped;
    },
  };
}

/** The library listens on every interface and asks for no password: that is for nobody outside to find. */
async function rebindToLoopback(server: Server, port: number): Promise<void> {
  server.close();
  await once(server, "close");
  const listening = once(server, "listening");
  server.listen(port, LOOPBACK);
  await listening;
}
