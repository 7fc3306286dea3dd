import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LEASE_MS } from "@/lib/cache/store";
import { keys, redis } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { newKey } from "@/tests/support/factories/cache-tools";
import { type Child, startChild, waitForMessage } from "@/tests/support/processes/children";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const PROCESSES = 4;
const CALLS = 250;
const RUNS = 100;

/** Long enough that all processes miss before the first one has loaded. */
const LOAD_MS = 50;

async function startProcesses(loadMs: number, env: Record<string, string> = {}): Promise<Child[]> {
  const children = Array.from({ length: PROCESSES }, () =>
    startChild("cache-process.ts", [String(CALLS), String(loadMs)], env),
  );
  await Promise.all(children.map(waitForMessage));
  return children;
}

/** What the process got; null when it died. */
async function ask(child: Child, key: string): Promise<number[] | null> {
  const answered = once(child.process, "message").then(([values]) => values as number[]);
  child.process.send(key);
  return Promise.race([answered, child.ended.then(() => null)]);
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
    const answers = await Promise.all(children.map((child) => ask(child, key)));
    // Who holds the lease and is silent for all of it is taken for dead, be it that the machine stood still.
    if (performance.now() - startedAt >= LEASE_MS) {
      paused += 1;
      run -= 1;
      expect(paused).toBeLessThan(RUNS / 10);
      continue;
    }
    for (const values of answers) expect(values).toEqual([1]);
    const count = await loads(key);
    counts.set(count, (counts.get(count) ?? 0) + 1);
  }
  expect(counts).toEqual(new Map([[1, RUNS]]));
});

it("with the holder of the lease killed while it loads, the loader is called at most twice", async () => {
  for (let run = 0; run < 3; run += 1) {
    const key = newKey();
    // Whichever of them loads dies when it has, before it can store anything.
    const doomed = startChild("cache-process.ts", [String(CALLS), String(LOAD_MS)], {
      FAILPOINT: "cache.loaded",
    });
    await waitForMessage(doomed);
    const asked = ask(doomed, key);
    // It holds the lease before the others come.
    await waitUntil(
      "it has the lease",
      async () => (await redis().exists(keys.cacheLease(`numbers:${key}`))) === 1,
    );
    const answers = await Promise.all(children.map((child) => ask(child, key)));
    expect(await asked).toBeNull();
    expect(await doomed.ended).toBe("SIGKILL");
    for (const values of answers) expect(values).toEqual([2]);
    expect(await loads(key)).toBe(2);
  }
});
