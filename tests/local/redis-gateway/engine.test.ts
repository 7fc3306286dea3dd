import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { EngineConnection, EngineDownError, EngineRefusedError } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { folderPerTest, hasRedisServer, newKey } from "@/tests/support/servers/redis-gateway";
import { PortTakenError } from "../../../local/http/server";
import { type RedisEngineOptions, startRedisEngine } from "../../../local/redis/engine";
import { DataDirInUseError } from "../../../local/redis/engine-server";
import { startRedisGateway } from "../../../local/redis/gateway";
import type { Reply } from "../../../local/redis/resp/reply";

const folder = folderPerTest();

async function start(options: Partial<RedisEngineOptions> = {}) {
  const engine = await startRedisEngine({ dataDir: folder.path, ...options });
  folder.afterTest(engine.stop);
  return engine;
}

async function sendCommand(url: string, ...args: string[]): Promise<Reply> {
  const connection = await EngineConnection.open(parseRedisUrl(url));
  const reply = await connection.send(args);
  connection.close();
  return reply;
}

async function takenPort(): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  folder.afterTest(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as { port: number }).port;
}

describe("the embedded engine", () => {
  test("is used when requested, even with a redisUrl", async () => {
    const engine = await start({ engine: "embedded", redisUrl: "redis://127.0.0.1:1" });
    expect(engine.kind).toBe("embedded");
    expect(String(await sendCommand(engine.url, "PING", "hello"))).toBe("hello");
  });

  test("throws PortTakenError when its port is in use", async () => {
    await expect(start({ engine: "embedded", port: await takenPort() })).rejects.toThrow(PortTakenError);
  });

  test("listens on loopback only", async () => {
    const engine = await start({ engine: "embedded" });
    const { port } = parseRedisUrl(engine.url);
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((candidate) => candidate !== undefined && !candidate.internal && candidate.family === "IPv4");
    if (outside === undefined) return;
    await expect(sendCommand(`redis://${outside.address}:${port}`, "PING")).rejects.toThrow(EngineDownError);
  });

  test("stops while clients are connected", async () => {
    const engine = await start({ engine: "embedded" });
    const connection = await EngineConnection.open(parseRedisUrl(engine.url));
    await engine.stop();
    expect((await connection.closed).message).toContain("closed the connection");
  });

  test("does not answer after stop, which may be called twice", async () => {
    const engine = await start({ engine: "embedded" });
    await engine.stop();
    await engine.stop();
    await expect(sendCommand(engine.url, "PING")).rejects.toThrow(EngineDownError);
  });
});

test("the gateway throws PortTakenError when its port is in use", async () => {
  const port = await takenPort();
  const gateway = startRedisGateway({ port, token: "t", redisUrl: "redis://127.0.0.1:1" });
  await expect(gateway).rejects.toThrow(PortTakenError);
});

describe("an external Redis", () => {
  test("is used and keeps running after stop", async () => {
    const outside = await start({ engine: "embedded" });
    const engine = await start({ redisUrl: `${outside.url}/3` });
    expect(engine).toMatchObject({ kind: "external", url: `${outside.url}/3` });
    await engine.stop();
    expect(String(await sendCommand(outside.url, "PING", "still here"))).toBe("still here");
  });

  test("that is unreachable is named in the error, without its password", async () => {
    const error = await start({ redisUrl: "redis://:geheim@127.0.0.1:1" }).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(EngineDownError);
    expect(String(error)).toContain("redis://127.0.0.1:1/0 is unreachable: ECONNREFUSED");
    expect(String(error)).not.toContain("geheim");
  });

  test("is used with the database of its URL", async () => {
    const outside = await start({ engine: "embedded" });
    const key = newKey();
    await sendCommand(`${outside.url}/3`, "SET", key, "in three");
    expect(await sendCommand(outside.url, "GET", key)).toBeNull();
    expect(String(await sendCommand(`${outside.url}/3`, "GET", key))).toBe("in three");
    await expect(start({ redisUrl: `${outside.url}/99` })).rejects.toThrow(EngineRefusedError);
  });
});

describe("parseRedisUrl", () => {
  test.each([
    ["redis://localhost", { host: "localhost", port: 6379, tls: false, password: null, database: 0 }],
    ["rediss://h:1/2", { host: "h", port: 1, tls: true, database: 2 }],
    ["redis://:p%40ss@h", { username: null, password: "p@ss" }],
    ["redis://user:pass@[::1]:7", { host: "::1", port: 7, username: "user", password: "pass" }],
    ["redis://h?db=4", { database: 4 }],
  ])("%s", (url, expected) => {
    expect(parseRedisUrl(url)).toMatchObject(expected);
  });

  test.each(["nonsense", "http://h", "redis://:secret@h/x"])(
    "refuses %s without the password in the error",
    (url) => {
      expect(() => parseRedisUrl(url)).toThrow(TypeError);
      expect(() => parseRedisUrl(url)).not.toThrow(/secret/);
    },
  );
});

describe.runIf(hasRedisServer)("a redis-server from the PATH", () => {
  test("keeps its data across a restart on a new port", async () => {
    const key = newKey();
    const first = await start();
    expect(first.kind).toBe("server");
    await sendCommand(first.url, "SET", key, "kept");
    await first.stop();
    await expect(sendCommand(first.url, "PING")).rejects.toThrow(EngineDownError);
    const second = await start();
    expect(String(await sendCommand(second.url, "GET", key))).toBe("kept");
  });

  test("throws PortTakenError when its port is in use, by Redis or another server", async () => {
    await expect(start({ port: await takenPort() })).rejects.toThrow(PortTakenError);
    const other = await start({ engine: "embedded" });
    await expect(start({ port: parseRedisUrl(other.url).port })).rejects.toThrow(PortTakenError);
  });

  test("is not started twice on the same files", async () => {
    await start();
    await expect(start()).rejects.toThrow(DataDirInUseError);
  });

  test("with a password accepts only the right one", async () => {
    const server = await start();
    await sendCommand(server.url, "CONFIG", "SET", "requirepass", "ge heim");
    const { port } = parseRedisUrl(server.url);
    await expect(start({ redisUrl: server.url })).rejects.toThrow(/refused a PING: NOAUTH/);
    await expect(start({ redisUrl: `redis://:wrong@127.0.0.1:${port}` })).rejects.toThrow(
      /refused the password: WRONGPASS/,
    );
    const engine = await start({ redisUrl: `redis://:ge%20heim@127.0.0.1:${port}` });
    expect(engine.kind).toBe("external");
    const gateway = await startRedisGateway({ port: 0, token: "t", redisUrl: engine.url });
    folder.afterTest(gateway.close);
    const answer = await fetch(`${gateway.url}/ping?_token=t`);
    expect(await answer.json()).toEqual({ result: "PONG" });
  });
});
