import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { EngineConnection } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { newKey, TOKEN, until } from "@/tests/support/servers/redis-gateway";
import { startRedisEngine } from "../../../local/redis/engine";
import { type RedisGateway, startRedisGateway } from "../../../local/redis/gateway";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const headers = { authorization: `Bearer ${TOKEN}` };

async function post(gateway: RedisGateway, route: string, body: unknown) {
  const response = await fetch(gateway.url + route, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

async function engineOn(port: number) {
  const engine = await startRedisEngine({ dataDir: "", engine: "embedded", port });
  cleanups.push(() => engine.stop());
  return engine;
}

async function gatewayTo(redisUrl: string, connection = {}) {
  const gateway = await startRedisGateway({ port: 0, token: TOKEN, redisUrl, connection });
  cleanups.push(() => gateway.close());
  return gateway;
}

/** Starts a server that passes each connection to `onConnection`. */
async function fakeEngine(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `redis://127.0.0.1:${(server.address() as { port: number }).port}`;
}

test("answers 503 immediately while the engine is down, and works when it is back", async () => {
  const first = await engineOn(0);
  const gateway = await gatewayTo(first.url);
  expect((await post(gateway, "/", ["PING"])).body).toEqual({ result: "PONG" });
  const stream = await fetch(`${gateway.url}/subscribe/c`, { headers });
  await first.stop();

  const down = {
    status: 503,
    body: { error: expect.stringContaining("CLUSTERDOWN the Redis behind this gateway is down") },
  };
  const started = performance.now();
  expect(await post(gateway, "/", ["PING"])).toEqual(down);
  expect(await post(gateway, "/pipeline", [["PING"]])).toEqual(down);
  expect(await post(gateway, "/multi-exec", [["PING"]])).toEqual(down);
  expect(await post(gateway, "/subscribe/c", [])).toEqual(down);
  expect((await fetch(`${gateway.url}/-/health`)).status).toBe(503);
  expect(performance.now() - started).toBeLessThan(1_000);
  // the event stream must end too, or its client would wait forever
  expect(await stream.text()).toContain("data: subscribe,c,1");

  await engineOn(parseRedisUrl(first.url).port);
  expect((await post(gateway, "/", ["PING"])).body).toEqual({ result: "PONG" });
  expect((await post(gateway, "/multi-exec", [["PING"]])).body).toEqual([{ result: "PONG" }]);
});

test("a gateway may start before its engine", async () => {
  const engine = await engineOn(0);
  await engine.stop();
  const gateway = await gatewayTo(engine.url);
  expect((await post(gateway, "/", ["PING"])).status).toBe(503);
  await engineOn(parseRedisUrl(engine.url).port);
  expect((await post(gateway, "/", ["PING"])).status).toBe(200);
});

test("an engine that accepts connections and never answers gives 503 after the time limit", async () => {
  const gateway = await gatewayTo(await fakeEngine(() => {}), { connectTimeoutMs: 100 });
  const started = performance.now();
  expect(await post(gateway, "/", ["PING"])).toMatchObject({ status: 503 });
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("an engine that hangs later gives all pending requests 503", async () => {
  let pings = 0;
  const url = await fakeEngine((socket) => {
    socket.on("data", () => {
      if (pings++ === 0) socket.write("+PONG\r\n");
    });
  });
  const gateway = await gatewayTo(url, { replyTimeoutMs: 100, connectTimeoutMs: 100 });
  const answers = await Promise.all([1, 2, 3].map(() => post(gateway, "/", ["GET", "a"])));
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(pings).toBeGreaterThan(1);
});

test("a lost connection fails the commands in flight and sends none twice", async () => {
  let sets = 0;
  const url = await fakeEngine((socket) => {
    socket.on("data", (data) => {
      if (data.includes("PING")) socket.write("+PONG\r\n");
      if (data.includes("INCR")) {
        sets += 1;
        socket.destroy();
      }
    });
  });
  const gateway = await gatewayTo(url);
  expect(await post(gateway, "/", ["INCR", newKey()])).toMatchObject({ status: 503 });
  expect(sets).toBe(1);
});

test("connecting to a peer that is no Redis throws instead of hanging", async () => {
  const url = await fakeEngine((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await expect(EngineConnection.open(parseRedisUrl(url))).rejects.toThrow("does not answer like Redis");
});

test("many requests share few connections to the engine", async () => {
  let connections = 0;
  const url = await fakeEngine((socket) => {
    connections += 1;
    socket.on("data", (data) => {
      const commands = data.toString().match(/PING|GET/g) ?? [];
      socket.write("+PONG\r\n".repeat(commands.length));
    });
  });
  const gateway = await gatewayTo(url);
  await Promise.all(Array.from({ length: 50 }, () => post(gateway, "/", ["GET", "a"])));
  await until(() => connections === 1);
});
