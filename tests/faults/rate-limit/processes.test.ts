import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { startChild } from "@/tests/support/processes/children";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** A person's limit over all routes. */
const LIMIT = 100;
const PROCESSES = 4;

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
afterAll(() => proxy.close());

/** What each of several instances of the gate let through for one person, asking as fast as they can. */
async function race(env: Record<string, string> = {}): Promise<{ passed: number; degraded: number }[]> {
  const userId = newId();
  return Promise.all(
    Array.from({ length: PROCESSES }, async () => {
      const child = startChild("limiting-process.ts", [userId], {
        UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${proxy.port}`,
        ...env,
      });
      const [said] = await once(child.process, "message");
      await child.ended;
      return said as { passed: number; degraded: number };
    }),
  );
}

const sum = (counts: { passed: number }[]) => counts.reduce((total, { passed }) => total + passed, 0);

it("four processes let exactly the limit through while Redis answers", async () => {
  const counts = await race();
  expect(sum(counts)).toBe(LIMIT);
  expect(counts.map(({ degraded }) => degraded)).toEqual(Array(PROCESSES).fill(0));
});

it("each lets at most the limit through while Redis does not", async () => {
  await proxy.set("refuse");
  const counts = await race();
  await proxy.set("pass");
  expect(counts.map(({ passed }) => passed)).toEqual(Array(PROCESSES).fill(LIMIT));
});

it("nobody lets more through because Redis comes and goes", async () => {
  let racing = true;
  const racers = race({ REDIS_EDGE_TIMEOUT_MS: "20", REDIS_FIRST_CALL_TIMEOUT_MS: "50" }).finally(() => {
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
