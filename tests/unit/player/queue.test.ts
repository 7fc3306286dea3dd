import { expect, it } from "vitest";
import {
  currentTrack,
  EMPTY_QUEUE,
  goToTrack,
  MAX_QUEUE_LENGTH,
  nextIndex,
  previousIndex,
  type Queue,
  removeTrack,
  startQueue,
} from "@/app/_features/player/queue";
import { track } from "./tracks";

const [a, b, c] = [track("a"), track("b"), track("c")];
const queueOf = (index: number): Queue => ({ tracks: [a, b, c], index });
const names = ({ tracks }: Queue) => tracks.map(({ title }) => title).join("");

it("begins with the track that was clicked, each track once and no more than the maximum", () => {
  expect(startQueue(b, [c, b, a])).toEqual({ tracks: [b, c, a], index: 0 });
  const many = Array.from({ length: MAX_QUEUE_LENGTH * 2 }, (_, n) => track(`t${n}`));
  expect(startQueue(a, many).tracks).toHaveLength(MAX_QUEUE_LENGTH);
});

it("puts a single track after the current one, and finds one that is queued already", () => {
  const withD = goToTrack(queueOf(0), track("d"));
  expect([names(withD), withD.index]).toEqual(["adbc", 1]);
  const fresh = track("c", { title: "c, renamed" });
  const atC = goToTrack(queueOf(0), fresh);
  expect([atC.index, currentTrack(atC)]).toEqual([2, fresh]);
  expect(goToTrack(EMPTY_QUEUE, a)).toEqual({ tracks: [a], index: 0 });
});

it("drops the oldest tracks of a full queue, never the one that was clicked", () => {
  const full = { tracks: Array.from({ length: MAX_QUEUE_LENGTH }, (_, n) => track(`t${n}`)), index: 99 };
  const queue = goToTrack(full, a);
  expect([queue.tracks.length, currentTrack(queue)?.title]).toEqual([MAX_QUEUE_LENGTH, "a"]);
  const early = goToTrack({ ...full, index: 0 }, a);
  expect([early.tracks.length, currentTrack(early)?.title]).toEqual([MAX_QUEUE_LENGTH, "a"]);
});

it("keeps the current track when another is removed, and takes the next one when it is removed itself", () => {
  const removed = (index: number, key: string) => {
    const rest = removeTrack(queueOf(index), key);
    return `${names(rest)}${rest.index}`;
  };
  expect(removed(1, "post:a")).toBe("bc0");
  expect(removed(1, "post:c")).toBe("ab1");
  expect(removed(1, "post:b")).toBe("ac1");
  expect(removed(2, "post:c")).toBe("ab1");
  expect(removed(1, "post:x")).toBe("abc1");
  expect(removeTrack({ tracks: [a], index: 0 }, "post:a")).toEqual(EMPTY_QUEUE);
});

it("ends after the last track, and begins again where the queue repeats", () => {
  expect([nextIndex(queueOf(1), "off"), nextIndex(queueOf(2), "off"), nextIndex(queueOf(2), "one")]).toEqual([
    2,
    null,
    null,
  ]);
  expect([nextIndex(queueOf(2), "all"), nextIndex(EMPTY_QUEUE, "all")]).toEqual([0, null]);
  expect([previousIndex(queueOf(0), "off"), previousIndex(queueOf(0), "all")]).toEqual([null, 2]);
  expect(previousIndex({ tracks: [a], index: 0 }, "all")).toBeNull();
});
