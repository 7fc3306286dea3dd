import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { redisService } from "@/lib/redis";
import { runs } from "@/tests/support/fuzz/runs";

const service = redisService();
const text = z.string();

it("any value is read as it was written (property)", async () => {
  const key = `test:${randomUUID()}`;
  // The SDK's decoder drops a byte order mark at the start of a text.
  const anyText = fc.string({ unit: "binary" }).filter((value) => !value.startsWith("\uFEFF"));
  const json = fc
    .jsonValue({ stringUnit: "binary" })
    .filter((value) => value !== null && typeof value !== "string");
  const safe = (value: unknown) => JSON.parse(JSON.stringify(value));
  await fc.assert(
    fc.asyncProperty(anyText, json, fc.double({ noNaN: true }), async (words, thing, score) => {
      const [, , , read, field, members, scored, item, list] = await service.pipeline((p) => [
        p.del(key, `${key}:h`, `${key}:s`, `${key}:z`, `${key}:l`),
        p.set(key, words),
        p.hset(`${key}:h`, { [words]: thing as object }),
        p.get(key, text),
        p.hgetall(`${key}:h`, z.json()),
        p.sadd(`${key}:s`, words).then(() => {}),
        p.zadd(`${key}:z`, { member: words, score }),
        p.rpush(`${key}:l`, words, thing as object),
        p.lrange(`${key}:l`, 0, 0, text),
      ]);
      expect(read).toBe(words);
      expect(Object.keys(field)).toEqual([words]);
      expect([members, scored, item]).toEqual([undefined, 1, 2]);
      expect(list).toEqual([words]);
      expect(await service.smembers(`${key}:s`, text)).toEqual([words]);
      expect(await service.zscore(`${key}:z`, words)).toBe(score === 0 ? 0 : score);
      const notText = z.json().refine((value) => typeof value !== "string");
      if (isExact(thing)) expect(await service.hget(`${key}:h`, words, notText)).toEqual(safe(thing));
      expect(await service.rpop(`${key}:l`, text)).not.toBeNull();
    }),
    { numRuns: runs(40) },
  );
});

/** Integers beyond 2^53 are not decoded as numbers. */
function isExact(value: unknown): boolean {
  return typeof value !== "number" || !/^-?\d+$/.test(String(value)) || Number.isSafeInteger(value);
}
