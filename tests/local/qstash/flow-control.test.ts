import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyRecord } from "@/local/qstash/apply-record";
import { FlowController } from "@/local/qstash/flow-controller";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { start } from "@/tests/support/servers/qstash";
import { defaultLimits } from "../../../local/qstash/options";
import { State } from "../../../local/qstash/state";
import { Timers } from "../../../local/qstash/timers";

interface Arrival {
  key: "a" | "b" | "none";
  afterMs: number;
  lastsMs: number;
}

interface Settings {
  parallelism?: number;
  rate?: number;
  period: number;
}

const settings: fc.Arbitrary<Settings> = fc.oneof(
  fc.record({ parallelism: fc.integer({ min: 1, max: 4 }), period: fc.constant(1) }),
  fc.record({ rate: fc.integer({ min: 1, max: 5 }), period: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    parallelism: fc.integer({ min: 1, max: 4 }),
    rate: fc.integer({ min: 1, max: 5 }),
    period: fc.integer({ min: 1, max: 3 }),
  }),
);
const arrivals: fc.Arbitrary<Arrival[]> = fc.array(
  fc.record({
    key: fc.constantFrom("a" as const, "b" as const, "none" as const),
    afterMs: fc.nat(700),
    lastsMs: fc.nat(2500),
  }),
  { minLength: 1, maxLength: 60 },
);

/** Simulates arrivals on a manual clock and records when each attempt started and ended. */
function simulate(all: Arrival[], keys: Record<string, Settings>, globalParallelism: number) {
  const clock = new ManualClock(1_700_000_000_000);
  const state = new State(defaultLimits);
  const runs: { key: string; id: string; startedAt: number; endedAt: number }[] = [];
  const lasts = new Map(all.map(({ lastsMs }, index) => [String(index), lastsMs]));
  const timers = new Timers(clock);
  const lanes = new FlowController({
    settings: (key) => state.flowKeys.get(key),
    start: (id) => {
      const key = state.messages.get(id)?.flow?.key;
      const endedAt = clock.now() + (lasts.get(id) ?? 0);
      runs.push({ key: key ?? "none", id, startedAt: clock.now(), endedAt });
      applyRecord(state, { t: "started", at: clock.now(), id });
      timers.at(endedAt, () => lanes.onFinished(key));
    },
    globalParallelism,
    timers,
    now: () => clock.now(),
  });
  all.forEach(({ key, afterMs }, index) => {
    clock.advance(afterMs);
    const flow = key === "none" ? undefined : { key, ...keys[key] };
    applyRecord(state, { t: "created", at: clock.now(), message: message(String(index), flow, clock.now()) });
    lanes.enqueue(flow?.key, String(index));
  });
  clock.advance(3_600_000);
  return runs;
}

function message(id: string, flow: { key: string } | undefined, at: number) {
  const common = { kind: "message" as const, url: "http://x/", method: "POST", headers: {}, body: "" };
  return { ...common, id, createdAt: at, notBefore: at, maxRetries: 0, labels: [], flow };
}

/** The maximum number of runs in flight at the same time. */
function peakOf(runs: { startedAt: number; endedAt: number }[]): number {
  return Math.max(
    0,
    ...runs.map(
      ({ startedAt }, index) =>
        runs.filter((other, at) => at <= index && other.startedAt <= startedAt && other.endedAt > startedAt)
          .length,
    ),
  );
}

describe("flow control, for any arrivals", () => {
  it("never exceeds the parallelism of a key or the global one", () => {
    fc.assert(
      fc.property(arrivals, settings, settings, fc.integer({ min: 1, max: 6 }), (all, a, b, global) => {
        const runs = simulate(all, { a, b }, global);
        for (const [key, { parallelism }] of Object.entries({ a, b })) {
          if (parallelism)
            expect(peakOf(runs.filter((run) => run.key === key))).toBeLessThanOrEqual(parallelism);
        }
        expect(peakOf(runs)).toBeLessThanOrEqual(global);
      }),
    );
  });

  it("never starts more than the rate in one period, and periods never overlap", () => {
    fc.assert(
      fc.property(arrivals, settings, settings, fc.integer({ min: 1, max: 6 }), (all, a, b, global) => {
        const runs = simulate(all, { a, b }, global);
        for (const [key, { rate, period }] of Object.entries({ a, b })) {
          if (rate === undefined) continue;
          let periodStart = Number.NEGATIVE_INFINITY;
          let count = 0;
          for (const { startedAt } of runs.filter((run) => run.key === key)) {
            if (startedAt >= periodStart + period * 1000) {
              periodStart = startedAt;
              count = 0;
            }
            expect(++count).toBeLessThanOrEqual(rate);
          }
        }
      }),
    );
  });

  it("starts every message once, in order of arrival per key", () => {
    fc.assert(
      fc.property(arrivals, settings, settings, fc.integer({ min: 1, max: 6 }), (all, a, b, global) => {
        const runs = simulate(all, { a, b }, global);
        expect(runs).toHaveLength(all.length);
        for (const key of ["a", "b", "none"]) {
          const order = runs.filter((run) => run.key === key).map(({ id }) => Number(id));
          expect(order).toEqual([...order].sort((x, y) => x - y));
        }
      }),
    );
  });
});

describe("flow control over HTTP", () => {
  it("limits a key to its parallelism across queues and destinations, and shows the number of waiting messages", async () => {
    const { client, receiver, qstash } = await start();
    let release = () => {};
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    receiver.onRequest = () => ({ after });
    const flowControl = { key: "k", parallelism: 2 };
    for (const path of ["/a", "/b", "/c", "/d"])
      await client.publish({ url: receiver.url + path, flowControl });
    await client.publish({ url: `${receiver.url}/free` });
    await receiver.waitFor(3);
    expect(await client.flowControl.get("k")).toMatchObject({
      flowControlKey: "k",
      parallelismMax: 2,
      parallelismCount: 2,
      waitListSize: 2,
      rateMax: 0,
      isPaused: false,
    });
    expect(await client.flowControl.getGlobalParallelism()).toEqual({
      parallelismMax: 200,
      parallelismCount: 3,
    });
    release();
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(receiver.received.map(({ path }) => path).sort()).toEqual(["/a", "/b", "/c", "/d", "/free"]);
  });

  it("limits a key to its rate until the period ends or is reset", async () => {
    const clock = new ManualClock(1_700_000_000_000);
    const { client, receiver } = await start({ clock });
    const flowControl = { key: "k", rate: 2, period: "1m" as const };
    for (let index = 0; index < 7; index++) await client.publish({ url: receiver.url, flowControl });
    await receiver.waitFor(2);
    expect(await client.flowControl.get("k")).toMatchObject({
      rateMax: 2,
      rateCount: 2,
      ratePeriod: 60,
      ratePeriodStart: 1_700_000_000,
      waitListSize: 5,
    });
    clock.advance(59_999);
    expect((await client.flowControl.get("k")).waitListSize).toBe(5);
    clock.advance(1);
    await receiver.waitFor(4);
    expect((await client.flowControl.get("k")).waitListSize).toBe(3);
    await client.flowControl.resetRate("k");
    await receiver.waitFor(6);
    expect((await client.flowControl.get("k")).waitListSize).toBe(1);
  });

  it("can be paused and resumed, and pinned against the settings of messages and unpinned", async () => {
    const { client, receiver, qstash, api } = await start();
    const flowControl = { key: "k/with slash", parallelism: 5 };
    const path = `/v2/flowControl/${encodeURIComponent(flowControl.key)}`;
    await api(`${path}/pause`, { method: "POST" });
    await client.publish({ url: receiver.url, flowControl });
    await client.publish({ url: receiver.url, flowControl });
    expect(await (await api(path)).json()).toMatchObject({ isPaused: true, waitListSize: 2 });
    await api(`${path}/pin?parallelism=1&rate=20&period=120`, { method: "POST" });
    await client.publish({ url: receiver.url, flowControl });
    expect(await (await api(path)).json()).toMatchObject({
      parallelismMax: 1,
      rateMax: 20,
      ratePeriod: 120,
      isPinnedParallelism: true,
      isPinnedRate: true,
    });
    await api(`${path}/unpin?parallelism=true&rate=true`, { method: "POST" });
    await api(`${path}/resume`, { method: "POST" });
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(receiver.peak).toBe(1);
    await client.publish({ url: receiver.url, flowControl });
    expect(await (await api(path)).json()).toMatchObject({
      parallelismMax: 5,
      rateMax: 0,
      isPinnedRate: false,
    });
    expect(await (await api("/v2/flowControl?search=slash")).json()).toHaveLength(1);
    expect(await (await api("/v2/flowControl?search=nobody")).json()).toEqual([]);
    expect((await api("/v2/flowControl/unknown")).status).toBe(404);
    expect((await api(`${path}/pin`, { method: "POST" })).status).toBe(400);
  });

  it("counts a retry as an attempt of the rate", async () => {
    const clock = new ManualClock();
    const { client, receiver, qstash } = await start({ clock, retryScale: 0 });
    receiver.onRequest = () => ({ status: 500 });
    await client.publish({ url: receiver.url, retries: 3, flowControl: { key: "k", rate: 2, period: "1h" } });
    await receiver.waitFor(2);
    await waitUntil("the attempt to end", () => qstash.stats().inFlight === 0);
    clock.advance(3_599_000);
    expect(receiver.received).toHaveLength(2);
    clock.advance(1000);
    await waitUntil("the dead letter", () => qstash.stats().deadLetters === 1);
  });
});
