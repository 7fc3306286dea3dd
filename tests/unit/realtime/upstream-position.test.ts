import fc from "fast-check";
import { expect, it } from "vitest";
import { UpstreamPosition } from "@/lib/realtime/upstream-position";
import { runs } from "@/tests/support/fuzz/runs";

/** A position after the logs were read at `readAt`, with the messages that arrived during the read and after it. */
function positionAfter(
  readAt: number,
  during: readonly number[],
  after: readonly number[],
): UpstreamPosition {
  const position = new UpstreamPosition();
  position.begin();
  for (const sequence of during) position.receive(sequence);
  position.settle(readAt);
  for (const sequence of after) position.receive(sequence);
  return position;
}

it("is continuous exactly when every message after the read arrived, whenever earlier ones do", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.nat(5),
      fc.nat(5),
      fc.nat(10),
      fc.option(fc.nat(4), { nil: undefined }),
      (readAt, late, more, split, lost) => {
        // Of a publisher's messages some before the read, of which a part arrives during it and a part later.
        const sent = Array.from({ length: late + more }, (_, index) => readAt - late + 1 + index);
        const missing = lost === undefined ? undefined : readAt + 1 + lost;
        const arrived = sent.filter((sequence) => sequence !== missing);
        const position = positionAfter(readAt, arrived.slice(0, split), arrived.slice(split));
        const isGap = missing !== undefined && missing < readAt + more;
        expect(position.isContinuous).toBe(!isGap);
        if (!isGap) expect(position.isPast(missing === undefined ? readAt + more : readAt)).toBe(true);
      },
    ),
    { numRuns: runs(200) },
  );
});

it("is lost by a message without a number, and by a sequence that began again", () => {
  expect(positionAfter(5, [], [6, 7]).isContinuous).toBe(true);
  const position = positionAfter(10 ** 9, [], []);
  position.receive(undefined);
  expect(position.isContinuous).toBe(false);
  expect(positionAfter(10 ** 9, [], [17]).isContinuous).toBe(false);
});
