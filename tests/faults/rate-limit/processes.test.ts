import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { startChild } from "@/tests/support/processes/children";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** A user's limit over all routes. */
const LIMIT = 100;
const PROCESSES = 4;

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
afterAll(() => proxy.close());

/**
 * How many requests of one user each of several gate instances accepted, with all of them sending as fast as they can.
 */
async function race(env: Record<string, string> = {}): Promise<{ passed: number; degraded: number }[]> {
  const userId = newId();
  return Promise.all(
    Array.from({ length: PROCESSES }, async () => {
      const child = startChild("limiting-process.ts", [userId], {
        UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${proxy.port}`,
        ...env,
      });
      const [report] = await once(child.process, "message");
      await child.ended;
      return report as { passed: number; degraded: number };
    }),
  );
}

const sum = (counts: { passed: number }[]) => counts.reduce((total, { passed }) => total + passed, 0);

it("four processes accept exactly the limit together while Redis is up", async () => {
  const counts = await race();
  expect(sum(counts)).toBe(LIMIT);
  expect(counts.map(({ degraded }) => degraded)).toEqual(Array(PROCESSES).fill(0));
});

it("each process accepts at most the limit while Redis is down", async () => {
  await proxy.set("refuse");
  const counts = await race();
  await proxy.set("pass");
  expect(counts.map(({ passed }) => passed)).toEqual(Array(PROCESSES).fill(LIMIT));
});

it("no process accepts more than the limit while Redis goes up and down", async () => {
  let racing = true;
  const racers = race({
    REDIS_EDGE_TIMEOUT_MS: "20",
    REDIS_FIRST_CALL_TIMEOUT_MS: "50",
    REDIS_STRICT_TIMEOUT_MS: "50",
  }).finally(() => {
    racing = false;
  });
  for (let turn = 0; racing; turn += 1) {
    await proxy.set((["pass", "swallow", "hang", "refuse"] as const)[turn % 4] ?? "pass");
    await delay(30);
  }
  await proxy.set("pass");
  const counts = await racers;
  for (const { passed } of counts) expect(passed).toBeLessThanOrEqual(LIMIT);
  expect(sum(counts)).toBeGreaterThanOrEqual(LIMIT);
});
