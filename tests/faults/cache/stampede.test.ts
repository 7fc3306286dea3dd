import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LEASE_MS } from "@/lib/cache/store";
import { keys, redis } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { newKey } from "@/tests/support/factories/cache-tools";
import { runs } from "@/tests/support/fuzz/runs";
import { type Child, startChild, waitForMessage } from "@/tests/support/processes/children";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const PROCESSES = 4;
const CALLS = 250;
const RUNS = runs(100);

/** Long enough (ms) that all processes miss before the first one has loaded. */
const LOAD_MS = 50;

async function startProcesses(loadMs: number, env: Record<string, string> = {}): Promise<Child[]> {
  const children = Array.from({ length: PROCESSES }, () =>
    startChild("cache-process.ts", [String(CALLS), String(loadMs)], env),
  );
  await Promise.all(children.map(waitForMessage));
  return children;
}

/** The values that the process got; null when it died. */
async function requestKey(child: Child, key: string): Promise<number[] | null> {
  const valuesMessage = once(child.process, "message").then(([values]) => values as number[]);
  child.process.send(key);
  return Promise.race([valuesMessage, child.ended.then(() => null)]);
}

const loads = async (key: string) => Number(await redis().get(keys.probe(`loads:${key}`)));

let children: Child[] = [];
beforeAll(async () => {
  children = await startProcesses(LOAD_MS);
});
afterAll(() => {
  for (const { process } of children) process.disconnect();
});

it(`${PROCESSES} processes with ${CALLS} concurrent misses each call the loader once, ${RUNS} times of ${RUNS}`, async () => {
  const counts = new Map<number, number>();
  let paused = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const key = newKey();
    const startedAt = performance.now();
    const results = await Promise.all(children.map((child) => requestKey(child, key)));
    // A holder that is silent for the whole lease counts as dead, even if the machine was only paused: repeat the run.
    if (performance.now() - startedAt >= LEASE_MS) {
      paused += 1;
      run -= 1;
      expect(paused).toBeLessThan(RUNS / 10);
      continue;
    }
    for (const values of results) expect(values).toEqual([1]);
    const count = await loads(key);
    counts.set(count, (counts.get(count) ?? 0) + 1);
  }
  expect(counts).toEqual(new Map([[1, RUNS]]));
});

it("the loader is called at most twice when the holder of the load lease is killed while it loads", async () => {
  for (let run = 0; run < 3; run += 1) {
    const key = newKey();
    // The process dies after loading, before it can store the value.
    const doomed = startChild("cache-process.ts", [String(CALLS), String(LOAD_MS)], {
      FAILPOINT: "cache.loaded",
    });
    await waitForMessage(doomed);
    const doomedResult = requestKey(doomed, key);
    // It has the lease before the other processes request the key.
    await waitUntil(
      "the doomed process has the lease",
      async () => (await redis().exists(keys.cacheLease(`numbers:${key}`))) === 1,
    );
    const results = await Promise.all(children.map((child) => requestKey(child, key)));
    expect(await doomedResult).toBeNull();
    expect(await doomed.ended).toBe("SIGKILL");
    for (const values of results) expect(values).toEqual([2]);
    expect(await loads(key)).toBe(2);
  }
});
