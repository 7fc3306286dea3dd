import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { setClock } from "@/lib/core/clock";
import { log } from "@/lib/core/log";
import { ChannelNameError, redis, SubscriptionEndedError } from "@/lib/redis";
import type { RedisService } from "@/lib/redis/create-redis-service";
import { type RedisEngine, startRedisEngine } from "@/local/redis/engine";
import { type RedisGateway, startRedisGateway } from "@/local/redis/gateway";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { serveHttp } from "@/tests/support/proxies/http-server";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { freePort } from "@/tests/support/stack/real-postgres";
import { createTestRedisService } from "@/tests/support/stack/test-redis-service";
import { workerStack } from "@/tests/support/stack/worker-stack";

const text = z.string();
const newChannel = () => `test:${randomUUID()}`;
const services: RedisService[] = [];

function service(
  url = currentGateway().url,
  options: Parameters<typeof createTestRedisService>[1] = {},
): RedisService {
  const made = createTestRedisService(url, options);
  services.push(made);
  return made;
}

let time = 1_000_000;
let restoreClock = () => {};
beforeAll(() => {
  restoreClock = setClock({ now: () => time });
});
afterEach(async () => {
  for (const made of services.splice(0)) made.close();
  await waitUntil("no stream is left", () => currentGateway().stats.snapshot().openStreams === 0);
  vi.restoreAllMocks();
});
afterAll(() => restoreClock());

describe("a subscription", () => {
  it("gets what is published after it is ready, in order, whatever it is", async () => {
    const redisService = service();
    const channel = newChannel();
    const got: unknown[] = [];
    const subscription = redisService.subscribe(channel, z.json(), (message) => got.push(message));
    await subscription.ready;
    const messages = [
      "a,b,c",
      "two\nlines\r\n",
      "",
      "123",
      123,
      null,
      { a: [1, "ж"] },
      `message,${channel},x`,
    ];
    for (const message of messages) expect(await redisService.publish(channel, message)).toBe(1);
    await waitUntil("all have come", () => got.length === messages.length);
    expect(got).toEqual(messages);
  });

  it("what is not as the schema says is counted and not told; the SDK's messages are read too", async () => {
    const redisService = service();
    const channel = newChannel();
    const got: unknown[] = [];
    await redisService.subscribe(channel, text, (message) => got.push(message)).ready;
    await redisService.publish(channel, { no: "text" });
    await redis().publish(channel, "plain text, as the SDK sends it");
    await waitUntil("the second has come", () => got.length === 1);
    expect(got).toEqual(["plain text, as the SDK sends it"]);
    expect(redisService.metrics().subscribe?.invalidValues).toBe(1);
  });

  it("shares one stream with the others of its channel, and the last one ends it", async () => {
    const redisService = service();
    const channel = newChannel();
    const streams = () => currentGateway().stats.snapshot().openStreams;
    const got: string[] = [];
    const first = redisService.subscribe(channel, text, (message) => got.push(`1${message}`));
    await first.ready;
    const connections: boolean[] = [];
    const second = redisService.subscribe(channel, text, (message) => got.push(`2${message}`), {
      onConnect: ({ reconnected }) => connections.push(reconnected),
    });
    await second.ready;
    expect(connections).toEqual([false]);
    expect(streams()).toBe(1);
    expect(redisService.getSubscriber().state()).toEqual({ [channel]: "connected" });

    await redisService.publish(channel, "a");
    await waitUntil("both have it", () => got.length === 2);
    first.close();
    first.close();
    await redisService.publish(channel, "b");
    await waitUntil("the second has it", () => got.length === 3);
    expect(got.sort()).toEqual(["1a", "2a", "2b"]);
    second.close();
    expect(redisService.getSubscriber().state()).toEqual({});
    await waitUntil("the stream is closed", () => streams() === 0);
  });

  it("unsubscribe ends all of a channel's and no other's; close ends all", async () => {
    const redisService = service();
    const [a, b] = [newChannel(), newChannel()];
    const subscriptions = [a, a, b].map((channel) => redisService.subscribe(channel, text, () => {}));
    await Promise.all(subscriptions.map(({ ready }) => ready));
    redisService.unsubscribe(a);
    redisService.unsubscribe(newChannel());
    expect(Object.keys(redisService.getSubscriber().state())).toEqual([b]);
    redisService.close();
    await waitUntil("no stream is left", () => currentGateway().stats.snapshot().openStreams === 0);
    expect(() => redisService.subscribe(a, text, () => {})).toThrow(SubscriptionEndedError);
    expect(await redisService.ping()).toBe("PONG");
  });

  it("a listener that throws harms nobody", async () => {
    const error = vi.spyOn(log(), "error").mockImplementation(() => {});
    const redisService = service();
    const channel = newChannel();
    const got: string[] = [];
    await redisService.subscribe(channel, text, () => {
      throw new Error("listener");
    }).ready;
    await redisService.subscribe(channel, text, (message) => got.push(message)).ready;
    await redisService.publish(channel, "a");
    await redisService.publish(channel, "b");
    await waitUntil("both have come", () => got.length === 2);
    expect(error).toHaveBeenCalledTimes(2);
  });

  it.each(["", "a/b", "a?b", "a#b", "a,b", "a b", "a%41", "a\\b", ".", "..", "a\n", "ж", "a".repeat(513)])(
    "%j cannot be a channel",
    async (channel) => {
      const redisService = service();
      expect(() => redisService.subscribe(channel, text, () => {})).toThrow(ChannelNameError);
      await expect(redisService.publish(channel, "x")).rejects.toThrow(ChannelNameError);
    },
  );

  it("what JSON has no word for is not published", async () => {
    await expect(service().publish(newChannel(), undefined)).rejects.toThrow(TypeError);
  });
});

describe("reconnection", () => {
  let folder: string;
  let port: number;
  let engine: RedisEngine | undefined;
  let ownGateway: RedisGateway;
  const startEngine = async () => {
    engine = await startRedisEngine({
      dataDir: folder,
      port,
      engine: workerStack().real ? "auto" : "embedded",
    });
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "normaldance-subscriptions-"));
    port = await freePort();
    ownGateway = await startRedisGateway({ port: 0, token: "test", redisUrl: `redis://127.0.0.1:${port}` });
    await startEngine();
  });
  afterAll(async () => {
    await ownGateway.close();
    await engine?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("a restarted server is found back: min(attempt × 50, 2000) ms between attempts, and callers are told", async () => {
    const warn = vi.spyOn(log(), "warn").mockImplementation(() => {});
    const info = vi.spyOn(log(), "info").mockImplementation(() => {});
    const delays: number[] = [];
    let failAlsoAt = 45;
    const redisService = service(ownGateway.url, {
      wait: async (delayMs) => {
        delays.push(delayMs);
        if (delays.length === failAlsoAt) await startEngine();
        await delay(1);
      },
    });
    const channels = [newChannel(), newChannel()] as const;
    const got: string[] = [];
    const connections: boolean[] = [];
    for (const channel of channels) {
      await redisService.subscribe(channel, text, (message) => got.push(message), {
        onConnect: ({ reconnected }) => connections.push(reconnected),
      }).ready;
    }
    redisService.unsubscribe(channels[1]);
    time += 10_000;

    await engine?.stop();
    await waitUntil("the stream is back", () => connections.includes(true));
    expect(delays).toEqual(Array.from({ length: 45 }, (_, at) => Math.min((at + 1) * 50, 2_000)));
    expect(delays.at(-1)).toBe(2_000);
    expect(connections).toEqual([false, false, true]);
    await redisService.publish(channels[0], "after");
    await waitUntil("messages flow again", () => got.length === 1);
    // Once for the outage, not once for each of 45 attempts.
    expect(warn).toHaveBeenCalledTimes(1);
    expect(info).toHaveBeenCalledTimes(1);

    // After a connection that lasted the count begins anew.
    time += 10_000;
    failAlsoAt = 47;
    await engine?.stop();
    await waitUntil("it is back once more", () => connections.length === 4);
    expect(delays.slice(45)).toEqual([50, 100]);
  });

  it("connections that do not last are not good ones: the delays go on growing", async () => {
    const channel = newChannel();
    let connections = 0;
    const server = await serveHttp((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: subscribe,${channel},1\n\n`);
      connections += 1;
      if (connections < 5) response.end();
    });
    const delays: number[] = [];
    const redisService = service(server.url, {
      wait: async (delayMs) => {
        delays.push(delayMs);
      },
    });
    const told: boolean[] = [];
    redisService.subscribe(channel, text, () => {}, {
      onConnect: ({ reconnected }) => told.push(reconnected),
    });
    await waitUntil("it has come back", () => told.length === 5);
    expect(delays).toEqual([50, 100, 150, 200]);
    expect(told).toEqual([false, true, true, true, true]);
    redisService.close();
    await server.close();
  });

  it.each([
    ["a silent server", () => {}],
    ["a web page", (_: unknown, response: ServerResponse) => response.end("<html></html>")],
    ["an error", (_: unknown, response: ServerResponse) => response.writeHead(401).end("{}")],
  ] as const)("%s is tried again and again, and never taken for connected", async (_, answer) => {
    const server = await serveHttp(answer);
    const delays: number[] = [];
    const redisService = service(server.url, {
      connectTimeoutMs: 50,
      wait: async (delayMs) => {
        delays.push(delayMs);
        await delay(1);
      },
    });
    const channel = newChannel();
    redisService.subscribe(channel, text, () => {});
    await waitUntil("it has tried three times", () => delays.length >= 3);
    expect(delays.slice(0, 3)).toEqual([50, 100, 150]);
    expect(redisService.getSubscriber().state()).toEqual({ [channel]: "connecting" });
    redisService.close();
    await server.close();
  });

  it("a wait for the next attempt ends at once with the service", async () => {
    let waiting = false;
    let fired = false;
    const redisService = service("http://127.0.0.1:1", {
      wait: (_, signal) =>
        new Promise((_resolve, reject) => {
          waiting = true;
          signal.addEventListener("abort", () => {
            fired = true;
            reject(signal.reason);
          });
        }),
    });
    const { ready } = redisService.subscribe(newChannel(), text, () => {});
    await waitUntil("it waits", () => waiting);
    redisService.close();
    await expect(ready).rejects.toThrow(SubscriptionEndedError);
    expect(fired).toBe(true);
  });
});
