import { type GuardedProcess, spawnGuarded } from "@/local/process/spawn-guarded";
import { EngineConnection } from "@/local/redis/engine-connection";
import { startRedisGateway } from "@/local/redis/gateway";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { SimpleString } from "@/local/redis/resp/reply";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { freePort } from "@/tests/support/stack/real-postgres";
import { TOKEN, temporaryFolder } from "./redis-gateway";

/** A redis-server of one file, behind a gateway that stays. */
export interface KillableRedis {
  /** Ends it at once, as the kernel does when memory is short. */
  kill(): Promise<void>;
  /** At the same address: with what it had written down before it was killed, or empty. */
  restart(data: "kept" | "lost"): Promise<void>;
  /** Sends it a command, past the gateway. */
  send(command: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts it and points the environment to it. Call it at the top of a file. */
export async function startKillableRedis(): Promise<KillableRedis> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const redisUrl = `redis://127.0.0.1:${port}`;
  const args = [
    "--port",
    String(port),
    "--dir",
    folder.path,
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
  ];
  const start = async (): Promise<GuardedProcess> => {
    const server = await spawnGuarded({ command: "redis-server", args: [...args, "--save", ""] });
    await waitUntil("redis-server answers", () => isUp(redisUrl));
    return server;
  };
  let server = await start();
  const gateway = await startRedisGateway({ port: 0, token: TOKEN, redisUrl });
  Object.assign(process.env, { UPSTASH_REDIS_REST_URL: gateway.url, UPSTASH_REDIS_REST_TOKEN: TOKEN });
  return {
    kill: async () => {
      process.kill(server.pid, "SIGKILL");
      await server.exited;
    },
    restart: async (data) => {
      server = await start();
      if (data === "kept") return;
      const connection = await EngineConnection.open(parseRedisUrl(redisUrl));
      await connection.send(["FLUSHALL"]);
      connection.close();
    },
    send: async (command) => {
      const connection = await EngineConnection.open(parseRedisUrl(redisUrl));
      await connection.send(command);
      connection.close();
    },
    close: async () => {
      await gateway.close();
      await server.stop();
      await folder.remove();
    },
  };
}

async function isUp(redisUrl: string): Promise<boolean> {
  try {
    const connection = await EngineConnection.open(parseRedisUrl(redisUrl));
    const reply = await connection.send(["PING"]).finally(() => connection.close());
    return reply instanceof SimpleString && reply.text === "PONG";
  } catch {
    return false;
  }
}
