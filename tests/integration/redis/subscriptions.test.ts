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
import type { RedisService } from "@/lib/redis/redis-service";
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
  const created = createTestRedisService(url, options);
  services.push(created);
  return created;
}

let time = 1_000_000;
let restoreClock = () => {};
beforeAll(() => {
  restoreClock = setClock({ now: () => time });
});
afterEach(async () => {
  for (const created of services.splice(0)) created.close();
  await waitUntil("no streams are left", () => currentGateway().stats.snapshot().openStreams === 0);
  vi.restoreAllMocks();
});
afterAll(() => restoreClock());

describe("a subscription", () => {
  it("gets every message published after it is ready, in order", async () => {
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
    await waitUntil("all messages have arrived", () => got.length === messages.length);
    expect(got).toEqual(messages);
  });

  it("counts and drops invalid messages, and reads the SDK's", async () => {
    const redisService = service();
    const channel = newChannel();
    const got: unknown[] = [];
    await redisService.subscribe(channel, text, (message) => got.push(message)).ready;
    await redisService.publish(channel, { no: "text" });
    await redis().publish(channel, "plain text, as the SDK sends it");
    await waitUntil("the second message has arrived", () => got.length === 1);
    expect(got).toEqual(["plain text, as the SDK sends it"]);
    expect(redisService.metrics().subscribe?.invalidValues).toBe(1);
  });

  it("shares one stream per channel, which the last subscription ends", async () => {
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
    await waitUntil("both subscriptions have it", () => got.length === 2);
    first.close();
    first.close();
    await redisService.publish(channel, "b");
    await waitUntil("the second subscription has it", () => got.length === 3);
    expect(got.sort()).toEqual(["1a", "2a", "2b"]);
    second.close();
    expect(redisService.getSubscriber().state()).toEqual({});
    await waitUntil("the stream is closed", () => streams() === 0);
  });

  it("unsubscribe ends all of one channel; close ends all", async () => {
    const redisService = service();
    const [a, b] = [newChannel(), newChannel()];
    const subscriptions = [a, a, b].map((channel) => redisService.subscribe(channel, text, () => {}));
    await Promise.all(subscriptions.map(({ ready }) => ready));
    redisService.unsubscribe(a);
    redisService.unsubscribe(newChannel());
    expect(Object.keys(redisService.getSubscriber().state())).toEqual([b]);
    redisService.close();
    await waitUntil("no streams are left", () => currentGateway().stats.snapshot().openStreams === 0);
    expect(() => redisService.subscribe(a, text, () => {})).toThrow(SubscriptionEndedError);
    expect(await redisService.ping()).toBe("PONG");
  });

  it("a listener that throws does not affect others", async () => {
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
    await waitUntil("both messages have arrived", () => got.length === 2);
    expect(error).toHaveBeenCalledTimes(2);
  });

  it.each(["", "a/b", "a?b", "a#b", "a,b", "a b", "a%41", "a\\b", ".", "..", "a\n", "ж", "a".repeat(513)])(
    "rejects the channel %j",
    async (channel) => {
      const redisService = service();
      expect(() => redisService.subscribe(channel, text, () => {})).toThrow(ChannelNameError);
      await expect(redisService.publish(channel, "x")).rejects.toThrow(ChannelNameError);
    },
  );

  it("does not publish values that JSON cannot represent", async () => {
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

  it("reconnects to a restarted server after min(attempt × 50, 2000) ms per attempt, and notifies callers", async () => {
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
    expect(delays).toEqual(Array.from({ length: 45 }, (_, index) => Math.min((index + 1) * 50, 2_000)));
    expect(delays.at(-1)).toBe(2_000);
    expect(connections).toEqual([false, false, true]);
    await redisService.publish(channels[0], "after");
    await waitUntil("messages flow again", () => got.length === 1);
    // Once for the outage, not once for each of 45 attempts.
    expect(warn).toHaveBeenCalledTimes(1);
    expect(info).toHaveBeenCalledTimes(1);

    // After a lasting connection the attempts count from one again.
    time += 10_000;
    failAlsoAt = 47;
    await engine?.stop();
    await waitUntil("the stream is back again", () => connections.length === 4);
    expect(delays.slice(45)).toEqual([50, 100]);
  });

  it("delays keep growing while connections do not last", async () => {
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
    const reconnects: boolean[] = [];
    redisService.subscribe(channel, text, () => {}, {
      onConnect: ({ reconnected }) => reconnects.push(reconnected),
    });
    await waitUntil("it has reconnected", () => reconnects.length === 5);
    expect(delays).toEqual([50, 100, 150, 200]);
    expect(reconnects).toEqual([false, true, true, true, true]);
    redisService.close();
    await server.close();
  });

  it.each([
    ["a silent server", () => {}],
    ["a web page", (_: unknown, response: ServerResponse) => response.end("<html></html>")],
    ["an error", (_: unknown, response: ServerResponse) => response.writeHead(401).end("{}")],
  ] as const)("%s is retried and never counts as connected", async (_, answer) => {
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
    await waitUntil("three attempts were made", () => delays.length >= 3);
    expect(delays.slice(0, 3)).toEqual([50, 100, 150]);
    expect(redisService.getSubscriber().state()).toEqual({ [channel]: "connecting" });
    redisService.close();
    await server.close();
  });

  it("closing the service ends a wait for the next attempt immediately", async () => {
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
    await waitUntil("the subscriber waits", () => waiting);
    redisService.close();
    await expect(ready).rejects.toThrow(SubscriptionEndedError);
    expect(fired).toBe(true);
  });
});
