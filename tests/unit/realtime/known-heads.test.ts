import { expect, it } from "vitest";
import type { Cursor } from "@/lib/realtime/channel-log";
import { KnownHeads } from "@/lib/realtime/known-heads";
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
