import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { CacheError, CacheManager, defineNamespaces } from "@/lib/cache";
import { createEntry, decodeEntry, encodeEntry, parseEnvelope, toJson } from "@/lib/cache/envelope";
import { Memory, Sieve } from "@/lib/cache/memory";
import { createCacheManager } from "@/tests/support/factories/cache-tools";
import { seededRandom } from "@/tests/support/fuzz/random";

const json = { schema: z.json(), ttlSeconds: 60, swrSeconds: 0, cacheNull: true };

describe("SIEVE", () => {
  it("never exceeds its capacity and always has the last written entry", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: fc.nat(20), weight: fc.integer({ min: 1, max: 6 }), read: fc.boolean() })),
        (steps) => {
          const sieve = new Sieve<number>(10);
          const model = new Map<string, number>();
          for (const [index, { key, weight, read }] of steps.entries()) {
            if (read) {
              const value = sieve.get(String(key));
              if (value !== undefined) expect(value).toBe(model.get(String(key)));
              continue;
            }
            sieve.set(String(key), index, weight);
            model.set(String(key), index);
            expect(sieve.get(String(key))).toBe(index);
            const entries = [...sieve.entries()];
            expect(entries.length).toBe(sieve.size);
            expect(sieve.weight).toBeLessThanOrEqual(10);
          }
          for (const [key] of [...sieve.entries()]) expect(sieve.delete(key)).toBe(true);
          expect([sieve.size, sieve.weight]).toEqual([0, 0]);
        },
      ),
    );
  });

  it("has a better hit rate than least recently used for skewed reads", () => {
    const [keys, capacity, reads] = [20_000, 200, 200_000];
    const zipf = zipfian(keys, 0.99);
    const sieve = new Sieve<true>(capacity);
    const lru = new Map<number, true>();
    let [sieveHits, lruHits] = [0, 0];
    for (let step = 0; step < reads; step += 1) {
      const key = zipf();
      if (sieve.get(String(key))) sieveHits += 1;
      else sieve.set(String(key), true);
      if (lru.delete(key)) lruHits += 1;
      lru.set(key, true);
      if (lru.size > capacity) lru.delete(lru.keys().next().value ?? -1);
    }
    expect(sieveHits / lruHits).toBeGreaterThan(1.15);
  });

  it("rejects an entry heavier than its capacity", () => {
    const sieve = new Sieve<number>(10);
    sieve.set("a", 1, 5);
    sieve.set("a", 2, 11);
    expect(sieve.get("a")).toBeUndefined();
    expect(sieve.weight).toBe(0);
  });
});

describe("the memory cache", () => {
  const entryOf = (tags: string[]) =>
    createEntry(json, "x", { ttlSeconds: 60, tags, createdMs: Date.now() }).entry;

  it("rejects an entry invalidated since it was read, by member or by tag", () => {
    for (const targets of [
      { members: ["a"], tags: [] },
      { members: [], tags: ["t"] },
    ]) {
      const memory = new Memory();
      const epoch = memory.epoch;
      memory.invalidate(targets);
      memory.put("a", entryOf(["t"]), epoch, Date.now());
      memory.put("b", entryOf(["u"]), epoch, Date.now());
      expect(memory.get("a")).toBeUndefined();
      expect(memory.get("b")).toBeDefined();
      memory.put("a", entryOf(["t"]), memory.epoch, Date.now());
      expect(memory.get("a")).toBeDefined();
    }
  });

  it("does not trust an entry confirmed in the future after the clock was set back", () => {
    const memory = new Memory();
    memory.put("a", entryOf([]), memory.epoch, Date.now() + 3_600_000);
    expect(memory.getTrusted("a")).toBeUndefined();
    memory.put("a", entryOf([]), memory.epoch, Date.now());
    expect(memory.getTrusted("a")).toBeDefined();
  });

  it("rejects entries read before it dropped old invalidations", () => {
    const memory = new Memory();
    const epoch = memory.epoch;
    for (let n = 0; n <= 10_000; n += 1) memory.invalidate({ members: [`m${n}`], tags: [] });
    memory.put("a", entryOf([]), epoch, Date.now());
    expect(memory.get("a")).toBeUndefined();
    memory.put("a", entryOf([]), memory.epoch, Date.now());
    expect(memory.get("a")).toBeDefined();
  });
});

describe("an envelope", () => {
  it("decodes any JSON value, also compressed", async () => {
    const value = fc.oneof(
      fc.jsonValue({ noUnicodeString: false }),
      fc.string({ unit: "binary", minLength: 1_000, maxLength: 3_000 }),
      fc.array(fc.constantFrom("много", "одного", "и того же"), { minLength: 300, maxLength: 400 }),
    );
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        const made = createEntry(json, given, { ttlSeconds: 60, tags: ["t"], createdMs: Date.now() });
        const stored = parseEnvelope(await encodeEntry(made.entry, made.json));
        if (!stored) throw new Error("no envelope");
        const entry = await decodeEntry(json, stored);
        expect(entry).toEqual(made.entry);
        // The schema removes a property called __proto__.
        expect(JSON.stringify(entry?.value)).toBe(JSON.stringify(json.schema.parse(given)));
      }),
    );
  });
});

describe("bad input", () => {
  const cacheError = (code: string) =>
    expect.objectContaining({ name: "CacheError", code, message: expect.stringMatching(/.{20}/) });

  it("rejects an undeclared namespace", async () => {
    for (const name of ["nope", "constructor", "__proto__", ""]) {
      const namespace = name as "things";
      const calls = [
        createCacheManager().get(namespace, "k"),
        createCacheManager().set(namespace, "k", { n: 1 }),
        createCacheManager().delete(namespace, "k"),
        createCacheManager().getMany(namespace, ["k"]),
        createCacheManager().getOrSet(namespace, "k", async () => ({ n: 1 })),
      ];
      for (const call of calls) await expect(call).rejects.toEqual(cacheError("unknown_namespace"));
    }
  });

  it("rejects a key of 10 KB, an empty one, and one that is not UTF-8", async () => {
    for (const key of ["k".repeat(10_240), "ы".repeat(300), "", "\ud800", 7 as unknown as string]) {
      await expect(createCacheManager().get("things", key)).rejects.toEqual(cacheError("bad_key"));
      await expect(createCacheManager().getOrSet("things", key, async () => null)).rejects.toEqual(
        cacheError("bad_key"),
      );
    }
  });

  it("rejects a value that is not JSON", async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const holes: unknown[] = [];
    holes[2] = 1;
    const values: unknown[] = [
      () => {},
      1n,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      new Date(),
      new Map(),
      Symbol("s"),
      circle,
      holes,
      { deep: [{ at: new Date() }] },
      [undefined],
    ];
    for (const value of values) {
      await expect(createCacheManager().set("anything", "k", value as never)).rejects.toEqual(
        cacheError("not_json"),
      );
      expect(() => toJson(value)).toThrow(CacheError);
    }
  });

  it("rejects a value that does not match its schema, and undefined", async () => {
    for (const value of [{ n: "1" }, "text", undefined]) {
      await expect(createCacheManager().set("things", "k", value as never)).rejects.toEqual(
        cacheError("invalid_value"),
      );
    }
    await expect(createCacheManager().set("numbers", "k", null as never)).rejects.toEqual(
      cacheError("invalid_value"),
    );
  });

  it("rejects a TTL of 0 or below, one that is not a number, and one of more than a day", async () => {
    for (const ttlSeconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 90_000]) {
      await expect(createCacheManager().set("things", "k", { n: 1 }, { ttlSeconds })).rejects.toEqual(
        cacheError("bad_ttl"),
      );
      await expect(
        createCacheManager().getOrSet("things", "k", async () => ({ n: 1 }), { ttlSeconds }),
      ).rejects.toEqual(cacheError("bad_ttl"));
      expect(() => defineNamespaces({ a: { ...json, ttlSeconds } })).toThrow(CacheError);
    }
  });

  it("rejects 1,001 keys, too many tags, and a long tag", async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `k${index}`);
    await expect(createCacheManager().getMany("things", many)).rejects.toEqual(cacheError("too_many_keys"));
    for (const tags of [many, ["t".repeat(10_240)], [""]]) {
      await expect(createCacheManager().set("things", "k", { n: 1 }, { tags })).rejects.toEqual(
        cacheError("bad_tag"),
      );
    }
    await expect(createCacheManager().invalidateTag("")).rejects.toEqual(cacheError("bad_tag"));
  });

  it("rejects a namespace that would share keys with another or with the cache itself", () => {
    for (const name of ["lease", "tag", "told", "a:b", "", "Ä"]) {
      expect(() => new CacheManager(defineNamespaces({ [name]: json }))).toThrow(CacheError);
    }
  });
});

/** Random numbers below `count`; the n-th occurs in proportion to 1/n^skew. */
function zipfian(count: number, skew: number): () => number {
  const random = seededRandom(7);
  const sums: number[] = [];
  let sum = 0;
  for (let n = 1; n <= count; n += 1) {
    sum += n ** -skew;
    sums.push(sum);
  }
  return () => {
    const target = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
