import { expect, it } from "vitest";
import { limitConcurrency } from "@/lib/core/limit-concurrency";

it("runs at most so many works at once, in order, and one that fails lets the next one in", async () => {
  const limited = limitConcurrency(3);
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const works = Array.from({ length: 7 }, (_, index) =>
    limited(async () => {
      started.push(index);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (index === 1) throw new Error("it fails");
      return index;
    }),
  );
  const settled = Promise.allSettled(works);
  for (let ended = 0; ended < works.length; ended += 1) {
    await expect.poll(() => started).toEqual([0, 1, 2, 3, 4, 5, 6].slice(0, ended + 3));
    ends[ended]?.();
  }
  const results = (await settled).map((result) => (result.status === "fulfilled" ? result.value : "failed"));
  expect(results).toEqual([0, "failed", 2, 3, 4, 5, 6]);
  expect(await limited(async () => "later")).toBe("later");
});
