import { expect, it } from "vitest";
import { ListeningMeter } from "@/app/_features/player/listening-meter";

/** Plays from a position, four reports a second. @returns the time when it ended, in ms */
function listen(meter: ListeningMeter, from: number, seconds: number, startMs: number): number {
  for (let quarter = 0; quarter <= seconds * 4; quarter++)
    meter.advance(from + quarter / 4, startMs + quarter * 250);
  return startMs + seconds * 1_000;
}

it("counts thirty seconds of a long track, and half of a short one", () => {
  const meter = new ListeningMeter();
  const at = listen(meter, 0, 29, 0);
  expect(meter.isPlay(300)).toBe(false);
  listen(meter, 29, 1, at);
  expect(meter.isPlay(300)).toBe(true);
  const short = new ListeningMeter();
  const later = listen(short, 0, 9, 0);
  expect(short.isPlay(20)).toBe(false);
  listen(short, 9, 1, later);
  expect(short.isPlay(20)).toBe(true);
});

it("does not count what a seek skips, nor time in which the sound stands still", () => {
  const meter = new ListeningMeter();
  let at = 0;
  // Two seconds at each of ten places.
  for (let place = 0; place < 10; place++) at = listen(meter, place * 20, 2, at + 100);
  expect(meter.isPlay(300)).toBe(false);
  const waiting = new ListeningMeter();
  listen(waiting, 0, 5, 0);
  waiting.advance(5, 3_600_000);
  waiting.interrupt();
  waiting.advance(40, 3_600_100);
  expect(waiting.isPlay(300)).toBe(false);
});

it("is a play once, however long it goes on, and none of an unknown length before it played", () => {
  const meter = new ListeningMeter();
  expect([meter.isPlay(300), meter.isPlay(null), meter.isPlay(0)]).toEqual([false, false, false]);
  const at = listen(meter, 0, 31, 0);
  expect([meter.isPlay(300), meter.isPlay(null)]).toEqual([true, true]);
  meter.settle();
  listen(meter, 31, 200, at);
  expect(meter.isPlay(300)).toBe(false);
});
