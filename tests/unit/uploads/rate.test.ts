import { expect, it } from "vitest";
import { titlesOf } from "@/app/_features/uploads/title-offers";
import { TransferRate } from "@/app/_features/uploads/transfer/transfer-rate";

const MEGABYTE = 1_000_000;

/** Adds a second of progress after another. @returns the last time (ms) */
function send(rate: TransferRate, fromSecond: number, seconds: number, bytesAt: (second: number) => number) {
  for (let second = fromSecond; second <= fromSecond + seconds; second++)
    rate.add(bytesAt(second), second * 1_000);
}

it("the remaining time is known after a moment, and follows the current speed", () => {
  const rate = new TransferRate();
  rate.add(0, 0);
  rate.add(MEGABYTE, 500);
  expect(rate.remainingSeconds(100 * MEGABYTE)).toBeNull();
  send(rate, 1, 19, (second) => second * 2 * MEGABYTE);
  expect(rate.remainingSeconds(100 * MEGABYTE)).toBeCloseTo(30, 0);
  // From here on it is four times as slow: the old speed is outside the window.
  send(rate, 21, 15, (second) => (40 + (second - 20) * 0.5) * MEGABYTE);
  expect(rate.remainingSeconds(100 * MEGABYTE)).toBeCloseTo((100 - 48) / 0.5, 0);
});

it("a transfer that stands still, begins again or is over has no false remaining time", () => {
  const rate = new TransferRate();
  send(rate, 0, 20, () => 5 * MEGABYTE);
  expect(rate.remainingSeconds(10 * MEGABYTE)).toBeNull();
  send(rate, 21, 4, (second) => second * MEGABYTE);
  expect(rate.remainingSeconds(50 * MEGABYTE)).not.toBeNull();
  // A part that was cut off is sent again.
  rate.add(2 * MEGABYTE, 26_000);
  expect(rate.remainingSeconds(50 * MEGABYTE)).toBeNull();
  send(rate, 27, 4, (second) => second * MEGABYTE);
  expect(rate.remainingSeconds(MEGABYTE)).toBe(0);
  rate.reset();
  expect(rate.remainingSeconds(50 * MEGABYTE)).toBeNull();
});

it("a track's tags offer its title, with the artist unless it is the author", () => {
  expect(titlesOf({ title: null, artist: "Mira" }, "Mira Kim")).toEqual([]);
  expect(titlesOf({ title: " ", artist: null }, "Mira Kim")).toEqual([]);
  expect(titlesOf({ title: "Tram ", artist: "mira kim" }, "Mira Kim")).toEqual(["Tram"]);
  expect(titlesOf({ title: "Tram", artist: "Ōko" }, "Mira Kim")).toEqual(["Tram", "Ōko – Tram"]);
});
