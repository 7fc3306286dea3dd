import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coalesce } from "@/lib/core/coalesce";
import { runs } from "@/tests/support/fuzz/runs";

const options = { windowMs: 1, maxSize: 10 };

describe("coalesce", () => {
  it("gives every caller its own output, in batches of at most maxSize", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { maxLength: 50 }), async (inputs) => {
        const batches: number[] = [];
        const double = coalesce(async (batch: number[]) => {
          batches.push(batch.length);
          return batch.map((input) => input * 2);
        }, options);
        expect(await Promise.all(inputs.map(double))).toEqual(inputs.map((input) => input * 2));
        expect(batches.length).toBe(Math.ceil(inputs.length / options.maxSize));
        expect(Math.max(0, ...batches)).toBeLessThanOrEqual(options.maxSize);
      }),
      { numRuns: runs(50) },
    );
  });

  it("rejects all callers of a failed batch, and starts a new one", async () => {
    let fail = true;
    const run = coalesce(async (batch: number[]) => {
      if (fail) throw new Error("down");
      return batch;
    }, options);
    const settled = await Promise.allSettled([run(1), run(2)]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    fail = false;
    expect(await run(3)).toBe(3);
  });

  it("rejects a caller whose output is missing", async () => {
    const run = coalesce(async (batch: number[]) => batch.slice(1), options);
    const settled = await Promise.allSettled([run(1), run(2)]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });
});
