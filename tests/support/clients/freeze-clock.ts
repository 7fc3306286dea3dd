import { afterAll, beforeAll } from "vitest";
import { useClock } from "@/lib/core/clock";

/** The clock of this process stands still for the file's tests, and is where a test puts it. */
export function standingClock(): { nowMs: number } {
  const clock = { nowMs: Date.now() };
  let restore = () => {};
  beforeAll(() => {
    restore = useClock({ now: () => clock.nowMs });
  });
  afterAll(() => restore());
  return clock;
}
