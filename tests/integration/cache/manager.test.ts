import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { keys, redis } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createCacheManager, newKey } from "@/tests/support/factories/cache-tools";
import { createManualLoader } from "@/tests/support/factories/manual-loader";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Runs work with this process' clock moved forward by `ms`. */
async function withClockAhead<T>(ms: number, work: () => Promise<T>): Promise<T> {
  aheadMs = ms;
  try {
    return await work();
  } finally {
    aheadMs = 0;
  }
}

let aheadMs = 0;
let restoreClock = () => {};
beforeAll(() => {
  // The clock is frozen: on a busy machine the second for which memory is trusted may pass between two lines.
  const startedAt = Date.now();
  restoreClock = setClock({ now: () => startedAt + aheadMs });
});
afterAll(() => restoreClock());

const raw = (member: string) => redis().get<Record<string, unknown>>(keys.cacheEntry(member));

describe("a value", () => {
  it("that is set can be read in this and another process until it is deleted", async () => {
    const [one, other] = [createCacheManager(), createCacheManager()];
    const key = newKey();
    expect(await one.get("things", key)).toBeUndefined();
    await one.set("things", key, { n: 1 });
    expect(await one.get("things", key)).toEqual({ n: 1 });
    expect(await other.get("things", key)).toEqual({ n: 1 });
    await one.delete("things", key);
    expect(await one.get("things", key)).toBeUndefined();
    expect(await createCacheManager().get("things", key)).toBeUndefined();
  });

  it("is loaded once, and then found in memory, and in Redis by other processes", async () => {
    const [one, other] = [createCacheManager(), createCacheManager()];
    const key = newKey();
    const load = vi.fn(async () => ({ n: 7 }));
    const values = await Promise.all(Array.from({ length: 50 }, () => one.getOrSet("things", key, load)));
    expect(values.every((value) => value === values[0])).toBe(true);
    await one.getOrSet("things", key, load);
    expect(await other.getOrSet("things", key, load)).toEqual({ n: 7 });
    expect(load).toHaveBeenCalledTimes(1);
    expect(one.stats().total).toMatchObject({ miss: 50, load: 1, hitL1: 1 });
    expect(other.stats().total).toMatchObject({ hitL2: 1, load: 0 });
  });

  it("is immutable, and not the object that was passed in", async () => {
    const manager = createCacheManager();
    const key = newKey();
    const input = { n: 1 };
    await manager.set("things", key, input);
    input.n = 2;
    const got = await manager.get("things", key);
    expect(got).toEqual({ n: 1 });
    expect(() => Object.assign(got ?? {}, { n: 3 })).toThrow(TypeError);
  });

  it("over 1 KB is compressed and decoded unchanged", async () => {
    const manager = createCacheManager();
    const [short, long, huge] = [newKey(), newKey(), newKey()];
    const text = "Ночь, улица, фонарь, аптека. ".repeat(100);
    await manager.set("things", short, { n: 1, text: "x".repeat(900) });
    await manager.set("things", long, { n: 1, text });
    await manager.set("things", huge, { n: 1, text: text.repeat(100) });
    expect(await raw(`things:${short}`)).toMatchObject({ codec: "json" });
    expect(await raw(`things:${long}`)).toMatchObject({ codec: "deflate" });
    expect((await redis().strlen(keys.cacheEntry(`things:${long}`))) * 5).toBeLessThan(
      Buffer.byteLength(text),
    );
    const found = await createCacheManager().getMany("things", [short, long, huge]);
    expect(found.get(long)).toEqual({ n: 1, text });
    expect(found.get(huge)).toEqual({ n: 1, text: text.repeat(100) });
  });

  it("can be null, which is cached, but not undefined", async () => {
    const key = newKey();
    const none = vi.fn(async () => undefined);
    const manager = createCacheManager();
    expect(await manager.getOrSet("things", key, none)).toBeUndefined();
    expect(await manager.getOrSet("things", key, none)).toBeUndefined();
    expect(none).toHaveBeenCalledTimes(2);
    expect(await redis().exists(keys.cacheLease(`things:${key}`))).toBe(0);

    const nothing = vi.fn(async () => null);
    expect(await manager.getOrSet("things", key, nothing)).toBeNull();
    expect(await createCacheManager().getOrSet("things", key, nothing)).toBeNull();
    expect(nothing).toHaveBeenCalledTimes(1);
    expect((await createCacheManager().getMany("things", [key, newKey()])).get(key)).toBeNull();

    // This namespace does not cache null.
    expect(await manager.getOrSet("numbers", key, nothing)).toBeNull();
    expect(await manager.getOrSet("numbers", key, nothing)).toBeNull();
    expect(nothing).toHaveBeenCalledTimes(3);
  });

  it("whose stored form is invalid is a miss, and is loaded and stored again", async () => {
    const key = newKey();
    const entry = keys.cacheEntry(`things:${key}`);
    await createCacheManager().set("things", key, { n: 1 });
    const good = await redis().get<Record<string, unknown>>(entry);
    const bad: unknown[] = [
      { ...good, value: { n: "one" } },
      { ...good, value: undefined },
      { ...good, codec: "deflate", value: "AAAA" },
      { ...good, codec: "rot13" },
      { ...good, id: 1 },
      `${JSON.stringify(good).slice(0, -3)}`,
      "nothing like it",
      { n: 1 },
      "",
    ];
    for (const stored of bad) {
      await redis().set(entry, typeof stored === "string" ? stored : JSON.stringify(stored), { px: 50_000 });
      expect(await createCacheManager().get("things", key)).toBeUndefined();
      const load = vi.fn(async () => ({ n: 2 }));
      expect(await createCacheManager().getOrSet("things", key, load)).toEqual({ n: 2 });
      expect(load).toHaveBeenCalledTimes(1);
      expect(await createCacheManager().get("things", key)).toEqual({ n: 2 });
    }
  });

  it("past its TTL is served while it is reloaded, but not past its stale window", async () => {
    const key = newKey();
    const manager = createCacheManager();
    await manager.set("things", key, { n: 1 });
    const load = vi.fn(async () => ({ n: 2 }));
    await withClockAhead(61_000, async () => {
      expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
      await waitForDeferredWork();
      expect(await manager.getOrSet("things", key, load)).toEqual({ n: 2 });
      expect(await createCacheManager().getOrSet("things", key, load)).toEqual({ n: 2 });
    });
    expect(load).toHaveBeenCalledTimes(1);
    expect(manager.stats().total).toMatchObject({ stale: 1, load: 1 });
    // The second entry was created in the future: 61 s from now, for 60 s and 30 s more.
    await withClockAhead(61_000 + 91_000, async () => {
      expect(await manager.get("things", key)).toBeUndefined();
      expect(await createCacheManager().get("things", key)).toBeUndefined();
    });
  });

  it("near the end of its TTL is reloaded early by one reader", async () => {
    const key = newKey();
    const managers = [createCacheManager(), createCacheManager(), createCacheManager()];
    await createCacheManager().set("things", key, { n: 1 });
    const { load, finish } = createManualLoader({ n: 2 });
    await withClockAhead(50_000, async () => {
      for (const manager of managers) expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
      finish();
      await waitForDeferredWork();
      expect(await createCacheManager().getOrSet("things", key, load)).toEqual({ n: 2 });
    });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("that could not be reloaded is served on, and no caller gets the loader's error", async () => {
    const key = newKey();
    const manager = createCacheManager();
    await manager.set("things", key, { n: 1 });
    const load = vi.fn(async () => Promise.reject<{ n: number }>(new Error("Postgres is down")));
    await withClockAhead(70_000, async () => {
      expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
      await waitForDeferredWork();
      expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    });
    // The lease of the failed load keeps others from retrying immediately.
    expect(load).toHaveBeenCalledTimes(1);
    expect(manager.stats().total.error).toBe(1);
  });
});

describe("a loader", () => {
  it("that fails rejects its waiting callers, and the next call may retry immediately", async () => {
    const manager = createCacheManager();
    const key = newKey();
    const fail = vi.fn(async () => {
      await delay(5);
      throw new Error("no");
    });
    const results = await Promise.allSettled([1, 2, 3].map(() => manager.getOrSet("things", key, fail)));
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(fail).toHaveBeenCalledTimes(1);
    const other = createCacheManager();
    expect(await other.getOrSet("things", key, async () => ({ n: 1 }))).toEqual({ n: 1 });
    expect(other.stats().total.wait).toBe(0);
  });

  it("runs in one process; other processes wait for what it stores", async () => {
    const key = newKey();
    const { load, finish } = createManualLoader({ n: 1 });
    const managers = Array.from({ length: 5 }, createCacheManager);
    const values = Promise.all(managers.map((manager) => manager.getOrSet("things", key, load)));
    await waitUntil(
      "four processes wait for the fifth",
      () => managers.reduce((sum, manager) => sum + manager.stats().total.wait, 0) === 4,
    );
    finish();
    expect(await values).toEqual(Array(5).fill({ n: 1 }));
    expect(load).toHaveBeenCalledTimes(1);
  });
});

describe("a loader that hangs", () => {
  it("does not block readers a second after another process has invalidated", async () => {
    const key = newKey();
    const [one, other] = [createCacheManager(), createCacheManager()];
    const { load, finish } = createManualLoader({ n: 1 });
    const hanging = one.getOrSet("things", key, load);
    await waitUntil("the loader hangs", () => load.mock.calls.length === 1);
    await other.delete("things", key);
    await withClockAhead(1_000, async () =>
      expect(await one.getOrSet("things", key, async () => ({ n: 2 }))).toEqual({ n: 2 }),
    );
    finish();
    expect(await hanging).toEqual({ n: 1 });
  });

  it("leaves nothing in memory if its lease was revoked meanwhile", async () => {
    const key = newKey();
    const [one, other] = [createCacheManager(), createCacheManager()];
    const { load, finish } = createManualLoader({ n: 1 });
    const hanging = one.getOrSet("things", key, load);
    await waitUntil("the loader hangs", () => load.mock.calls.length === 1);
    await other.delete("things", key);
    finish();
    expect(await hanging).toEqual({ n: 1 });
    expect(await one.getOrSet("things", key, async () => ({ n: 2 }))).toEqual({ n: 2 });
  });
});

describe("an invalidation", () => {
  it("of a tag evicts all its members from memory and Redis, and nothing else", async () => {
    const manager = createCacheManager();
    const [tag, other] = [newKey(), newKey()];
    const ids = [newKey(), newKey(), newKey()] as const;
    await manager.getOrSet("things", ids[0], async () => ({ n: 0 }), { tags: [tag, other] });
    await manager.set("numbers", ids[1], 1, { tags: [tag] });
    await manager.set("things", ids[2], { n: 2 }, { tags: [other] });
    await manager.invalidateTag(tag);
    for (const each of [manager, createCacheManager()]) {
      expect(await each.get("things", ids[0])).toBeUndefined();
      expect(await each.get("numbers", ids[1])).toBeUndefined();
      expect(await each.get("things", ids[2])).toEqual({ n: 2 });
    }
    expect(await redis().exists(keys.cacheTag(tag))).toBe(0);
  });

  it("evicts from this process' memory what another process stored", async () => {
    const [one, other] = [createCacheManager(), createCacheManager()];
    const [key, tag] = [newKey(), newKey()];
    await one.set("things", key, { n: 1 }, { tags: [tag] });
    expect(await other.get("things", key)).toEqual({ n: 1 });
    await other.invalidateTag(tag);
    expect(await other.get("things", key)).toBeUndefined();
  });

  it.each(["tag", "key", "new value"] as const)(
    "by %s prevents a loader that read before it from storing",
    async (how) => {
      for (const invalidator of ["same process", "other process"]) {
        const [key, tag] = [newKey(), newKey()];
        const loading = createCacheManager();
        const other = invalidator === "same process" ? loading : createCacheManager();
        let finish = () => {};
        const read = new Promise<void>((resolve) => {
          finish = resolve;
        });
        let loads = 0;
        const old = loading.getOrSet(
          "things",
          key,
          async () => {
            const mine = ++loads;
            if (mine === 1) await read;
            return { n: mine };
          },
          { tags: [tag] },
        );
        await waitUntil("the loader runs", () => loads === 1);
        if (how === "tag") await other.invalidateTag(tag);
        else if (how === "key") await other.delete("things", key);
        else await other.set("things", key, { n: 9 });
        // A read after the invalidation does not wait for the old loader.
        const fresh = how === "new value" ? 9 : 2;
        const load = async () => ({ n: ++loads });
        expect(await other.getOrSet("things", key, load)).toEqual({ n: fresh });
        finish();
        expect(await old).toEqual({ n: 1 });
        expect(await createCacheManager().getOrSet("things", key, load)).toEqual({ n: fresh });
        await withClockAhead(1_000, async () =>
          expect(await loading.getOrSet("things", key, load)).toEqual({ n: fresh }),
        );
        if (invalidator === "same process")
          expect(await loading.getOrSet("things", key, load)).toEqual({ n: fresh });
      }
    },
  );

  it("by another process is visible within a second", async () => {
    const [one, other] = [createCacheManager(), createCacheManager()];
    const key = newKey();
    await one.set("things", key, { n: 1 });
    expect(await other.get("things", key)).toEqual({ n: 1 });
    await one.set("things", key, { n: 2 });
    await withClockAhead(1_000, async () => expect(await other.get("things", key)).toEqual({ n: 2 }));
  });
});

describe("the cost", () => {
  async function cost(work: () => Promise<unknown>) {
    currentGateway().stats.reset();
    await work();
    const { httpRequests, commands } = currentGateway().stats.snapshot();
    return { httpRequests, commands };
  }

  it("of 50 keys is one command in one call, and none from memory", async () => {
    const ids = Array.from({ length: 50 }, newKey);
    const [writer, reader] = [createCacheManager(), createCacheManager()];
    for (const id of ids) await writer.set("things", id, { n: 1 });
    await reader.get("things", newKey());
    expect(await cost(() => reader.getMany("things", ids))).toEqual({ httpRequests: 1, commands: 1 });
    expect(await cost(() => reader.getMany("things", ids))).toEqual({ httpRequests: 0, commands: 0 });
  });

  it("of a miss is two calls, of a hit in Redis one, in memory none, and an unchanged value is not sent again", async () => {
    const key = newKey();
    const [one, other] = [createCacheManager(), createCacheManager()];
    const load = async () => ({ n: 1, text: "x".repeat(1_000) });
    await one.getOrSet("things", newKey(), load);
    expect(await cost(() => one.getOrSet("things", key, load))).toMatchObject({ httpRequests: 2 });
    expect(await cost(() => one.getOrSet("things", key, load))).toMatchObject({ httpRequests: 0 });
    expect(await cost(() => other.getOrSet("things", key, load))).toMatchObject({ httpRequests: 1 });
    const before = await one.get("things", key);
    await withClockAhead(2_000, async () => {
      expect(await cost(() => one.getOrSet("things", key, load))).toMatchObject({ httpRequests: 1 });
      expect(await one.get("things", key)).toBe(before);
    });
  });
});
