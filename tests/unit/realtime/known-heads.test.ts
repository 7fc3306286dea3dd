import { expect, it } from "vitest";
import type { Cursor } from "@/lib/realtime/channel-log";
import { KnownHeads, NumberedHeads } from "@/lib/realtime/known-heads";
import type { Channel } from "@/lib/schemas/channels";

const at = (n: number, epoch = "e"): Cursor => ({ epoch, n });

/** A read that ends when the test says so. */
function pendingRead() {
  let resolve: (heads: Map<Channel, Cursor>) => void = () => undefined;
  const promise = new Promise<Map<Channel, Cursor>>((done) => {
    resolve = done;
  });
  return { read: () => promise, resolve: (heads: Map<Channel, Cursor>) => resolve(heads) };
}

it("an event that arrives during a read is not overwritten by what was read", async () => {
  const known = new KnownHeads();
  const { read, resolve } = pendingRead();
  const filled = known.fill(["presence", "views"], read);
  expect(known.get("views")).toBeUndefined();
  known.receive("views", at(8));
  resolve(
    new Map([
      ["presence", at(3)],
      ["views", at(7)],
    ]),
  );
  await filled;
  expect([known.get("presence"), known.get("views")]).toEqual([at(3), at(8)]);
});

it("a read that began before messages were lost is not remembered", async () => {
  const known = new KnownHeads();
  const [early, late] = [pendingRead(), pendingRead()];
  const filledEarly = known.fill(["views"], early.read);
  known.clear();
  const filledLate = known.fill(["views"], late.read);
  early.resolve(new Map([["views", at(1)]]));
  await filledEarly;
  expect(known.get("views")).toBeUndefined();
  late.resolve(new Map([["views", at(2)]]));
  await filledLate;
  expect(known.get("views")).toEqual(at(2));
});

it("channels without a log, and failed reads, are unknown", async () => {
  const known = new KnownHeads();
  await known.fill(["views"], async () => new Map([["views", at(0, "")]]));
  expect(known.get("views")).toBeUndefined();
  const failing = known.fill(["views"], () => Promise.reject(new Error("unavailable")));
  await expect(failing).rejects.toThrow("unavailable");
  known.receive("views", at(5));
  expect(known.get("views")).toBeUndefined();
});

it("heads of a number are valid while it is the last one", () => {
  const numbered = new NumberedHeads();
  const add = (sequence: number | null, ...heads: [Channel, Cursor][]) =>
    numbered.add({ sequence, heads: new Map(heads) }, numbered.version);
  add(7, ["views", at(1)]);
  add(7, ["presence", at(2)], ["user:x", at(0, "")]);
  expect(numbered.get(["presence", "views"])).toEqual({
    sequence: 7,
    heads: new Map([
      ["presence", at(2)],
      ["views", at(1)],
    ]),
  });
  expect(numbered.get(["views", "user:x"])).toBeNull();
  numbered.delete("views");
  expect([...numbered.take(7)]).toEqual([["presence", at(2)]]);
  expect(numbered.take(7).size).toBe(0);

  add(7, ["views", at(1)]);
  expect(numbered.take(8).size).toBe(0);
  add(8, ["views", at(2)]);
  add(9, ["presence", at(3)]);
  expect([...numbered.take(9)]).toEqual([["presence", at(3)]]);
  // Redis was emptied, twice.
  add(null, ["views", at(1)]);
  expect(numbered.take(null).size).toBe(0);
});

it("a read that began before an event, or before a stream started from the others, is not remembered", () => {
  const numbered = new NumberedHeads();
  const read = { sequence: 7, heads: new Map<Channel, Cursor>([["views", at(1)]]) };
  const before = numbered.version;
  numbered.delete("views");
  numbered.add(read, before);
  expect(numbered.take(7).size).toBe(0);
  const beforeTake = numbered.version;
  numbered.take(7);
  numbered.add(read, beforeTake);
  expect(numbered.take(7).size).toBe(0);
});
