import fc from "fast-check";
import { expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { appendEvent, type LoggedEvent, readLogHeads } from "@/lib/realtime/channel-log";
import { ChannelSubscription, type SubscriptionListener } from "@/lib/realtime/channel-subscription";
import type { Cursor } from "@/lib/realtime/cursor";
import { keys, redis } from "@/lib/redis";
import { runs } from "@/tests/support/fuzz/runs";

/**
 * What a listener gets, whatever happens on the way: messages from upstream lost, repeated, late and in any order, the
 * log trimmed, Redis emptied. Between `joined`, `reload` and the end they have every event of the log once and in
 * order; and when everything is quiet and one heartbeat has come, they are where the log is.
 */

type Action =
  | { kind: "say"; fate: "delivered" | "lost" | "twice" | "late" }
  | { kind: "deliverLate" }
  | { kind: "trim"; to: number }
  | { kind: "empty" }
  | { kind: "heartbeat" };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("say" as const),
      fate: fc.constantFrom("delivered", "lost", "twice", "late"),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "deliverLate" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("trim" as const), to: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "empty" as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: "heartbeat" as const }) },
);

/** Keeps what it is told, and complains of what breaks the order. */
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

it("a listener has everything in order, or has been told to read anew", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), async (actions) => {
      const channel = `user:${newId()}` as const;
      const recorder = new Recorder();
      const membership = new ChannelSubscription(channel, null, recorder);
      await membership.catchUp();
      const said = new Map<string, number>();
      const late: { at: Cursor; event: LoggedEvent }[] = [];
      let harmed = false;
      for (const [count, each] of actions.entries()) {
        switch (each.kind) {
          case "say": {
            const event = { event: "unread", data: count };
            const at = await appendEvent({ channel, ...event });
            said.set(`${at.epoch}:${at.n}`, count);
            if (each.fate === "late") late.unshift({ at, event });
            if (each.fate === "delivered" || each.fate === "twice") membership.receive(at, event);
            if (each.fate === "twice") membership.receive(at, event);
            break;
          }
          case "deliverLate":
            for (const { at, event } of late.splice(0)) membership.receive(at, event);
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
            if (head) await membership.compareWithHead(head);
          }
        }
      }
      for (const { at, event } of late.splice(0)) membership.receive(at, event);
      await membership.catchUp();
      const head = (await readLogHeads([channel])).get(channel);
      if (head) await membership.compareWithHead(head);

      expect(recorder.broken).toEqual([]);
      expect(recorder.at).toEqual(head);
      for (const [at, data] of recorder.got) expect(said.get(at)).toBe(data);
      if (!harmed) {
        expect(recorder.reloads).toBe(0);
        expect(recorder.got).toEqual(said);
      }
    }),
    { numRuns: runs(60) },
  );
});
