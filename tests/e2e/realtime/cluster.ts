import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { keys } from "@/lib/redis";
import { openRawStream, type RawStream } from "@/tests/support/clients/raw-stream";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { runs } from "@/tests/support/fuzz/runs";
import type { Cluster, TakeCluster } from "@/tests/support/processes/cluster";

/**
 * Many clients on one instance, and the cost of a message from one instance to another. `RUNS` scales both counts; CI
 * runs it small.
 */
const CLIENTS = runs(200);
const MESSAGES = runs(40);

let cluster: Cluster;

/** Resident memory of a process in bytes. */
async function memoryOf(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

function first<T>(list: readonly T[]): T {
  const [item] = list;
  if (item === undefined) throw new Error("the list is empty");
  return item;
}

async function api(url: string, token: string, path: string, body?: unknown) {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  // biome-ignore lint/suspicious/noExplicitAny: the body of any route
  return (await response.json()) as any;
}

export function testClients(takeCluster: TakeCluster): void {
  describe("realtime", () => {
    const streams: RawStream[] = [];
    const closeStreams = () => {
      for (const stream of streams.splice(0)) stream.close();
    };
    const openStream = async (...args: Parameters<typeof openRawStream>) => {
      const stream = await openRawStream(...args);
      streams.push(stream);
      return stream;
    };

    beforeAll(async () => {
      ({ cluster } = await takeCluster());
      Object.assign(process.env, cluster.env, { NODE_ENV: "test" });
    });
    // Also after a failure: the next tests wait for a cluster without subscriptions.
    afterEach(closeStreams);
    afterAll(async () => {
      const { disconnectDb } = await import("@/lib/db");
      await disconnectDb();
    });

    it(`${CLIENTS} clients of one instance share one Redis subscription`, async () => {
      const instance = first(cluster.instances);
      const people = await createPeople(Math.ceil(CLIENTS / 10));
      const tokens = await Promise.all(people.map(accessTokenFor));
      const url = `${instance.url}/api/realtime?channel=presence&channel=views`;
      // The first stream loads what is loaded once.
      const warm = await openStream(url, first(tokens));
      await waitUntil("the first stream is open", () => warm.blockCount > 0);
      const before = await memoryOf(instance.pid);
      let joined = 0;
      for (let offset = 0; offset < CLIENTS; offset += 20) {
        const batch = Array.from({ length: Math.min(20, CLIENTS - offset) }, (_, each) =>
          openStream(url, tokens[(offset + each) % tokens.length] ?? "", (text) => {
            if (text.includes("event: joined")) joined += 1;
          }),
        );
        await Promise.all(batch);
      }
      await waitUntil("all have joined", () => joined === 2 * CLIENTS);
      expect(cluster.subscriptions()).toBe(1);
      const perClient = ((await memoryOf(instance.pid)) - before) / CLIENTS;
      console.log(
        `${CLIENTS} clients: ${cluster.subscriptions()} Redis subscription, ${(perClient / 1024).toFixed(1)} KiB of memory each`,
      );
      // More than a megabyte each would be a leak.
      expect(perClient).toBeLessThan(1_000_000);
      closeStreams();
      await waitUntil("the subscription ends with the last client", () => cluster.subscriptions() === 0);
      // Publishing that each user left makes calls that must not count in the next test.
      await waitUntil(
        "no user is online",
        async () => (await cluster.redis(["ZCOUNT", keys.usersOnline, Date.now(), "+inf"])) === 0,
      );
    });

    it("a message reaches another instance in time and costs few Redis calls", async () => {
      const [here, there] = cluster.instances;
      if (!here || !there) throw new Error("an instance is missing");
      const [sender, reader] = await createPeople(2);
      const [sending, reading] = await Promise.all([accessTokenFor(sender), accessTokenFor(reader)]);
      const { chat } = await api(here.url, sending, "/api/chats", { kind: "direct", userId: reader.userId });
      const seenAt = new Map<string, number>();
      let joined = false;
      let reloads = 0;
      await openStream(`${there.url}/api/realtime?channel=chat:${chat.id}`, reading, (text) => {
        if (text.includes("event: joined")) joined = true;
        if (text.includes("event: reload")) reloads += 1;
        const [, clientId] = /"clientId":"([^"]+)"/.exec(text) ?? [];
        if (clientId) seenAt.set(clientId, performance.now());
      });
      await waitUntil("the stream has joined", () => joined);
      /** In milliseconds; null for an event that Redis missed, after which subscribers reload. */
      const send = async () => {
        const clientId = crypto.randomUUID();
        const [sentAt, reloadsBefore] = [performance.now(), reloads];
        await api(here.url, sending, `/api/chats/${chat.id}/messages`, { clientId, text: "A message" });
        await waitUntil(
          "the message or a reload arrived",
          () => seenAt.has(clientId) || reloads > reloadsBefore,
        );
        const at = seenAt.get(clientId);
        return at === undefined ? null : at - sentAt;
      };
      for (let warming = 0; warming < 5; warming += 1) await send();

      const before = cluster.redisCost();
      const latencies: number[] = [];
      for (let sent = 0; sent < MESSAGES; sent += 1) {
        const latency = await send();
        if (latency !== null) latencies.push(latency);
      }
      // On a machine that stands still a call may exceed Redis' 100 ms.
      expect(latencies.length).toBeGreaterThanOrEqual(MESSAGES - 3);
      const after = cluster.redisCost();
      latencies.sort((a, b) => a - b);
      const p95 = latencies[Math.floor(latencies.length * 0.95)] ?? Number.NaN;
      const p50 = latencies[Math.floor(latencies.length * 0.5)] ?? Number.NaN;
      const calls = (after.calls - before.calls) / MESSAGES;
      const commands = (after.commands - before.commands) / MESSAGES;
      const beforeRead = cluster.redisCost();
      for (let read = 0; read < MESSAGES; read += 1)
        await api(there.url, reading, `/api/chats/${chat.id}/messages`);
      const afterRead = cluster.redisCost();
      console.log(
        [
          `send to arrival on another instance: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms of ${MESSAGES}`,
          `Redis for a message sent: ${calls.toFixed(1)} round trips, ${commands.toFixed(1)} commands sent (a script is one)`,
          `Redis for a page read: ${((afterRead.calls - beforeRead.calls) / MESSAGES).toFixed(1)} round trips, ${((afterRead.commands - beforeRead.commands) / MESSAGES).toFixed(1)} commands`,
        ].join("\n"),
      );
      // The gate, the session, the message cache and the publish, plus timers on a slow machine.
      expect(calls).toBeLessThan(6);
      expect(p95).toBeLessThan(2_000);
    });
  });
}
