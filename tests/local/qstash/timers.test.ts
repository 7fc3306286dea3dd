import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { Timers } from "../../../local/qstash/timers";

describe("timers", () => {
  it("fire once, never early, in order of time, then of creation, unless canceled", () => {
    const actions = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("set" as const), inMs: fc.nat(500) }),
        fc.record({ kind: fc.constant("cancel" as const), which: fc.nat(300) }),
        fc.record({ kind: fc.constant("advance" as const), byMs: fc.nat(100) }),
      ),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(actions, (all) => {
        const clock = new ManualClock(0);
        const timers = new Timers(clock);
        const model: { id: number; at: number }[] = [];
        const cancels: (() => void)[] = [];
        const fired: { id: number; at: number }[] = [];
        const expected: { id: number; at: number }[] = [];
        const advance = (byMs: number): void => {
          const until = clock.now() + byMs;
          const due = model.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.id - b.id);
          for (const timer of due) model.splice(model.indexOf(timer), 1);
          expected.push(...due);
          clock.advance(byMs);
        };
        for (const action of all) {
          if (action.kind === "set") {
            const id = cancels.length;
            model.push({ id, at: clock.now() + action.inMs });
            cancels.push(timers.at(clock.now() + action.inMs, () => fired.push({ id, at: clock.now() })));
          } else if (action.kind === "cancel") {
            cancels[action.which]?.();
            const index = model.findIndex(({ id }) => id === action.which);
            if (index >= 0) model.splice(index, 1);
          } else {
            advance(action.byMs);
          }
        }
        advance(10_000);
        expect(fired).toEqual(expected);
      }),
    );
  });

  it("use one timer of the clock for any number of timers", () => {
    let armed = 0;
    const timers = new Timers({
      now: () => 0,
      after: () => {
        armed++;
        return () => armed--;
      },
    });
    for (let index = 0; index < 1000; index++) timers.at(1000 - index, () => {});
    expect(armed).toBe(1);
  });
});
