import { afterAll, beforeAll } from "vitest";
import { setClock } from "@/lib/core/clock";

/** Freezes this process' clock for the tests of the file; a test sets `nowMs` to move it. */
export function freezeClock(): { nowMs: number } {
  const clock = { nowMs: Date.now() };
  let restore = () => {};
  beforeAll(() => {
    restore = setClock({ now: () => clock.nowMs });
  });
  afterAll(() => restore());
  return clock;
}
