import { describe, expect, it } from "vitest";
import { PendingReplay } from "@/lib/redis/pending-replay";

describe("what Redis missed", () => {
  it("is replayed once, oldest first, in batches", () => {
    const pending = new PendingReplay<string>({ maxSize: 10 });
    pending.add(["a", "b", "a", "c"]);
    expect(pending.take(2)).toEqual(["b", "a"]);
    expect(pending.take(2)).toEqual(["c"]);
    expect(pending.take()).toEqual([]);
  });

  it("comes before what was missed later when its replay fails", () => {
    const pending = new PendingReplay<string>({ maxSize: 10 });
    pending.add(["a", "b"]);
    const taken = pending.take(1);
    pending.add(["c"]);
    pending.restore(taken);
    expect(pending.take()).toEqual(["a", "b", "c"]);
  });

  it("is dropped beyond the limit, oldest first", () => {
    const pending = new PendingReplay<string>({ maxSize: 5, sizeOf: ({ length }) => length });
    pending.add(["aa", "bb", "c", "dd"]);
    expect(pending.take()).toEqual(["bb", "c", "dd"]);
    pending.add(["1234567"]);
    expect(pending.take()).toEqual([]);
    pending.add(["12345"]);
    expect(pending.take(1)).toEqual(["12345"]);
  });
});
