import { afterAll, beforeAll } from "vitest";
import { setClock } from "@/lib/core/clock";

/** The clock of this process stands still for the file's tests, and is where a test puts it. */
export function freezeClock(): { nowMs: number } {
  const clock = { nowMs: Date.now() };
  let restore = () => {};
  beforeAll(() => {
    restore = setClock({ now: () => clock.nowMs });
  });
  afterAll(() => restore());
  return clock;
}
