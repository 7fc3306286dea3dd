import fc from "fast-check";
import { expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import type { Cursor } from "@/lib/realtime/channel-log";
import { appendEvent, type LoggedEvent, readLogHeads } from "@/lib/realtime/channel-log";
import { ChannelSubscription, type SubscriptionListener } from "@/lib/realtime/channel-subscription";
import { keys, redis } from "@/lib/redis";
import { runs } from "@/tests/support/fuzz/runs";

/**
 * What a subscriber gets when Redis messages are lost, repeated, late or reordered, the log is trimmed, or Redis is
 * flushed. Between `joined`, `reload` and the end it gets every event of the log once and in order; after one quiet
 * heartbeat its cursor is at the head.
 */

type Action =
  | { kind: "publish"; delivery: "delivered" | "lost" | "twice" | "late" }
  | { kind: "deliverLate" }
  | { kind: "trim"; to: number }
  | { kind: "empty" }
  | { kind: "heartbeat" };

/**
 * Sequences that once failed: a late copy of the entry at the cursor arrived after a reload and was delivered again; a
 * copy's read of the log was still under way when Redis was emptied, so that only the heartbeat began a new epoch.
 */
const REGRESSIONS: [Action[]][] = [
  [
    [
      { kind: "publish", delivery: "delivered" },
      { kind: "empty" },
      { kind: "publish", delivery: "late" },
      { kind: "heartbeat" },
    ],
  ],
  [
    [
      { kind: "publish", delivery: "delivered" },
      { kind: "publish", delivery: "late" },
      { kind: "publish", delivery: "late" },
      { kind: "trim", to: 0 },
      { kind: "heartbeat" },
    ],
  ],
  [[{ kind: "publish", delivery: "twice" }, { kind: "heartbeat" }, { kind: "empty" }]],
];

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      delivery: fc.constantFrom("delivered", "lost", "twice", "late"),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "deliverLate" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("trim" as const), to: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "empty" as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: "heartbeat" as const }) },
);

/** Records events and reports violations of their order. */
class Recorder implements SubscriptionListener {
  at: Cursor | null = null;
  readonly broken: string[] = [];
  readonly got = new Map<string, number>();
  reloads = 0;

  onJoined(_: string, at: Cursor): void {
    this.at = at;
  }

  onReload(_: string, at: Cursor): void {
    this.reloads += 1;
    this.at = at;
  }

  onEvent(_: string, at: Cursor | null, { data }: LoggedEvent): void {
    if (!at || this.at?.epoch !== at.epoch || at.n !== this.at.n + 1) {
      this.broken.push(`after ${JSON.stringify(this.at)} came ${JSON.stringify(at)}`);
    }
    this.at = at;
    this.got.set(`${at?.epoch}:${at?.n}`, Number(data));
  }
}

it("a subscriber gets every event in order, or is told to reload", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), async (actions) => {
      const channel = `user:${newId()}` as const;
      const recorder = new Recorder();
      const subscription = new ChannelSubscription(channel, null, recorder);
      await subscription.catchUp();
      const published = new Map<string, number>();
      const late: { at: Cursor; event: LoggedEvent }[] = [];
      let harmed = false;
      for (const [count, each] of actions.entries()) {
        switch (each.kind) {
          case "publish": {
            const event = { event: "unread", data: count };
            const at = await appendEvent({ channel, ...event });
            published.set(`${at.epoch}:${at.n}`, count);
            if (each.delivery === "late") late.unshift({ at, event });
            if (each.delivery === "delivered" || each.delivery === "twice") subscription.receive(at, event);
            if (each.delivery === "twice") subscription.receive(at, event);
            break;
          }
          case "deliverLate":
            for (const { at, event } of late.splice(0)) subscription.receive(at, event);
            break;
          case "trim":
            harmed = true;
            await redis().xtrim(keys.realtimeLog(channel), {
              strategy: "MAXLEN",
              exactness: "~",
              threshold: each.to,
            });
            break;
          case "empty":
            harmed = true;
            await redis().del(keys.realtimeHead(channel), keys.realtimeLog(channel));
            break;
          case "heartbeat": {
            const head = (await readLogHeads([channel])).get(channel);
            if (head) await subscription.compareWithHead(head);
          }
        }
      }
      for (const { at, event } of late.splice(0)) subscription.receive(at, event);
      await subscription.catchUp();
      const readHead = async () => (await readLogHeads([channel])).get(channel);
      const before = await readHead();
      if (before) await subscription.compareWithHead(before);
      // A heartbeat that finds no epoch begins one.
      const head = await readHead();

      expect(recorder.broken).toEqual([]);
      expect(recorder.at).toEqual(head);
      for (const [at, data] of recorder.got) expect(published.get(at)).toBe(data);
      if (!harmed) {
        expect(recorder.reloads).toBe(0);
        expect(recorder.got).toEqual(published);
      }
    }),
    { numRuns: runs(60), examples: REGRESSIONS },
  );
});
