import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import { redis } from "@/lib/redis";
import { freshGate, gateRequest, listenerToken } from "@/tests/support/clients/gate";
import { startDistanceProxy } from "@/tests/support/proxies/distance-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** The gate with Redis far away. `npm run bench:limits-distance` prints a table for more distances. */

const ROUND_TRIP_MS = 80;
const ISOLATES = 8;
const distant = await startDistanceProxy({ host: "127.0.0.1", port: currentGateway().port }, ROUND_TRIP_MS);
afterAll(() => distant.close());

afterEach(() => vi.unstubAllEnvs());
beforeEach(() => {
  vi.stubEnv("UPSTASH_REDIS_REST_URL", `http://127.0.0.1:${distant.port}`);
  vi.stubEnv("REDIS_EDGE_TIMEOUT_MS", String(ROUND_TRIP_MS / 2));
});

/** One after another: concurrent ones would be the same instance. */
async function freshGates(count: number) {
  const gates = [];
  for (let n = 0; n < count; n += 1) gates.push(await freshGate());
  return gates;
}

it("a strict limit holds over all isolates, without a degraded answer", async () => {
  const headers = { authorization: `Bearer ${await listenerToken()}` };
  const gates = await freshGates(ISOLATES);
  const responses = await Promise.all(
    gates.map(async (gate) => {
      const answers = [];
      for (let n = 0; n < 5; n += 1) answers.push(await gate(gateRequest("/api/me/password", headers)));
      return answers;
    }),
  );
  const all = responses.flat();
  expect(all.filter(({ status }) => status === 200)).toHaveLength(10);
  expect(all.filter((response) => response.headers.has("ratelimit-degraded"))).toEqual([]);
});

it("elsewhere a fresh isolate's first answer is Redis', and a late one is applied after the response", async () => {
  const userId = newId();
  const headers = { authorization: `Bearer ${await listenerToken(userId)}` };
  const gate = await freshGate();
  const pending: Promise<unknown>[] = [];
  const event = { waitUntil: (work: Promise<unknown>) => void pending.push(work) };
  const degraded = async () =>
    (await gate(gateRequest("/api/me", headers), event)).headers.get("ratelimit-degraded");
  expect(await degraded()).toBeNull();
  expect(await degraded()).toBe("process");
  await Promise.all(pending);
  // The late answer shows that Redis has the token: it is not sent again with the next one.
  expect(await degraded()).toBe("process");
  await Promise.all(pending);
  const key = `webchat:throttle:person:user-${userId}:*`;
  const log = String(await redis().get(key));
  expect([...log.matchAll(/x(\d+) /g)].reduce((sum, [, count]) => sum + Number(count), 0)).toBe(3);
});

it("a late refusal of Redis refuses the next request", async () => {
  const headers = { authorization: `Bearer ${await listenerToken()}` };
  const gates = await freshGates(2);
  const pending: Promise<unknown>[] = [];
  const event = { waitUntil: (work: Promise<unknown>) => void pending.push(work) };
  const ask = async (gate: (typeof gates)[number] | undefined) =>
    (await gate?.(gateRequest("/api/me", headers), event))?.status;
  expect(await ask(gates[0])).toBe(200);
  expect(await ask(gates[1])).toBe(200);
  await Promise.all(Array.from({ length: 98 }, () => ask(gates[0])));
  await Promise.all(pending);
  // The second isolate has counted one of the hundred: it learns of the others late.
  expect(await ask(gates[1])).toBe(200);
  await Promise.all(pending);
  expect(await ask(gates[1])).toBe(429);
});
