import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { keys, redis } from "@/lib/redis";
import { createCacheManager, newKey } from "@/tests/support/factories/cache-tools";
import { runs } from "@/tests/support/fuzz/runs";

/**
 * Any order of reads, writes, invalidations, time passing and damage in Redis, by three processes (managers), against a
 * model of what the source has, when each key was invalidated, and how old values are.
 */

const PROCESSES = 3;
const KEYS = 3;
const RUNS = runs(60);
const TTL_MS = 60_000;
const LIFE_MS = 90_000;
/** How far (ms) a process may lag behind another one's invalidation. */
const MAX_LAG_MS = 1_000;
const TAGS = ["even", "odd"] as const;

const by = fc.nat(PROCESSES - 1);
const key = fc.nat(KEYS - 1);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("load" as const), by, key }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("get" as const), by, key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("getMany" as const), by }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("set" as const), by, key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), by, key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("invalidateTag" as const), by, tag: fc.nat(1) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("startLoad" as const), by, key }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("endLoad" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("damage" as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("empty" as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 400, 1_000, 20_000, 55_000, 95_000),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

let nowMs = Date.now();
let restoreClock = () => {};
beforeAll(() => {
  restoreClock = setClock({ now: () => nowMs });
});
afterAll(() => restoreClock());

it("the cache agrees with its model in any order of steps", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const run = new Run();
      for (const each of steps) await run.take(each);
      await run.end();
    }),
    { numRuns: RUNS },
  );
});

/** A value: the key that it belongs to, and when it was read from the source. */
interface Produced {
  key: number;
  atMs: number;
  number: number;
}

type Value = { n: number } | null | undefined;

/** Some loads return null (which is cached), others undefined (which is not). */
const NULL_EVERY = 4;
const UNDEFINED_EVERY = 9;

/** A paused loader, and the processes that have revoked its lease since. */
interface Late {
  key: number;
  by: number;
  finish: () => void;
  done: Promise<unknown>;
  revokedBy: Set<number | "flush">;
}

/**
 * While its lease lives every process waits for it; its own process also until that process has invalidated the key.
 */
function isWaitedFor(late: Late, by: number, key: number): boolean {
  if (late.key !== key) return false;
  return late.revokedBy.size === 0 || (late.by === by && !late.revokedBy.has(by));
}

class Run {
  private readonly managers = Array.from({ length: PROCESSES }, createCacheManager);
  private readonly names = Array.from({ length: KEYS }, newKey);
  private readonly tags = TAGS.map((tag) => `${tag}:${newKey()}`);
  /** Values by their number. */
  private readonly produced = new Map<number, Produced>();
  /** The invalidations of each key: values with a smaller number are older; when it was, and by which process. */
  private readonly floors = this.names.map((): { number: number; atMs: number; by: number }[] => []);
  private readonly late: Late[] = [];
  private next = 1;

  async take(each: Step): Promise<void> {
    const loads = each.do === "load" || each.do === "startLoad";
    if (loads && this.late.some((late) => isWaitedFor(late, each.by, each.key))) await this.endLate();
    switch (each.do) {
      case "load": {
        const loaded: Value[] = [];
        const load = async () => {
          const made = this.produce(each.key);
          loaded.push(made);
          return made;
        };
        const name = this.name(each.key);
        const tags = this.tagsOf(each.key);
        const value = await this.manager(each.by).getOrSet("things", name, load, { tags });
        // Undefined comes only from this call's own loader, never from the cache.
        if (value === undefined) expect(loaded).toEqual([undefined]);
        this.check(each.by, each.key, value);
        // A paused loader may be part of the deferred work.
        if (this.late.length === 0) await waitForDeferredWork();
        return;
      }
      case "get":
        return this.check(each.by, each.key, await this.manager(each.by).get("things", this.name(each.key)));
      case "getMany": {
        const values = await this.manager(each.by).getMany("things", this.names);
        for (const [index, name] of this.names.entries()) this.check(each.by, index, values.get(name));
        return;
      }
      case "set": {
        const made = this.produce(each.key);
        const number = this.next - 1;
        // A set value is never undefined.
        const value = made === undefined ? { n: number } : made;
        this.produced.set(number, { key: each.key, atMs: nowMs, number });
        await this.manager(each.by).set("things", this.name(each.key), value, {
          tags: this.tagsOf(each.key),
        });
        this.invalidated(each.by, each.key, number);
        return;
      }
      case "delete":
        await this.manager(each.by).delete("things", this.name(each.key));
        return this.invalidated(each.by, each.key, this.next);
      case "invalidateTag":
        await this.manager(each.by).invalidateTag(this.tags[each.tag] ?? "");
        for (let index = 0; index < KEYS; index += 1) {
          if (index % 2 === each.tag) this.invalidated(each.by, index, this.next);
        }
        return;
      case "startLoad": {
        const reader = this.manager(each.by);
        let finish = () => {};
        let started = () => {};
        const gate = new Promise<void>((resolve) => {
          finish = resolve;
        });
        const reading = new Promise<void>((resolve) => {
          started = resolve;
        });
        const load = async () => {
          const value = this.produce(each.key);
          started();
          await gate;
          return value;
        };
        const done = reader.getOrSet("things", this.name(each.key), load, { tags: this.tagsOf(each.key) });
        // It may find a cached value and never start. It does not wait for a paused loader: those were finished above.
        await Promise.race([reading, done]);
        this.late.push({ key: each.key, by: each.by, finish, done, revokedBy: new Set() });
        return;
      }
      case "endLoad":
        return this.endLate();
      case "damage":
        await redis().set(keys.cacheEntry(`things:${this.name(each.key)}`), {
          id: "x",
          created: nowMs,
          ttl: TTL_MS,
          swr: 0,
          tags: [],
          codec: "json",
          value: { n: "not a number" },
        });
        return;
      case "empty":
        for (const late of this.late) late.revokedBy.add("flush");
        for (const name of this.names)
          await redis().del(keys.cacheEntry(`things:${name}`), keys.cacheLease(`things:${name}`));
        return;
      case "wait":
        nowMs += each.ms;
        return;
    }
  }

  async end(): Promise<void> {
    await this.endLate();
    for (let index = 0; index < KEYS; index += 1) await this.take({ do: "get", by: 0, key: index });
  }

  private async endLate(): Promise<void> {
    const late = this.late.splice(0);
    for (const { finish } of late) finish();
    await Promise.all(late.map(({ done }) => done));
    await waitForDeferredWork();
  }

  private produce(of: number): Value {
    const number = this.next++;
    if (number % UNDEFINED_EVERY === 0) return undefined;
    this.produced.set(number, { key: of, atMs: nowMs, number });
    return number % NULL_EVERY === 0 ? null : { n: number };
  }

  private invalidated(by: number, of: number, below: number): void {
    this.floors[of]?.push({ number: below, atMs: nowMs, by });
    for (const late of this.late) if (late.key === of) late.revokedBy.add(by);
  }

  private check(by: number, of: number, value: Value): void {
    if (value === undefined) return;
    if (value === null) {
      // Null has no number: any of the produced nulls may be it.
      const nulls = [...this.produced.values()].filter(({ number }) => number % NULL_EVERY === 0);
      expect(nulls.filter((made) => this.problemOf(made, by, of) === null)).not.toEqual([]);
      return;
    }
    const made = this.produced.get(value.n);
    if (!made || value.n % NULL_EVERY === 0) throw new Error("a value that was never produced");
    expect(this.problemOf(made, by, of)).toBeNull();
  }

  /** Why this process must not get that value, or null. */
  private problemOf({ key, atMs, number }: Produced, by: number, of: number): string | null {
    if (key !== of) return "another key's";
    if (nowMs - atMs >= LIFE_MS) return "past its stale window";
    const known = (this.floors[of] ?? []).filter(
      (floor) => floor.by === by || nowMs - floor.atMs >= MAX_LAG_MS,
    );
    return known.some((floor) => number < floor.number) ? "from before its invalidation" : null;
  }

  private manager(index: number) {
    const manager = this.managers[index];
    if (!manager) throw new Error("no such process");
    return manager;
  }

  private name(index: number): string {
    return this.names[index] ?? "";
  }

  private tagsOf(index: number): string[] {
    return [this.tags[index % 2] ?? ""];
  }
}
