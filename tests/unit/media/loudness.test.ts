import fc from "fast-check";
import { expect, it } from "vitest";
import { FileProblemError } from "@/lib/media/transcode/file-problem-error";
import {
  correctGain,
  MAX_TRUE_PEAK_DBTP,
  planGain,
  TARGET_LOUDNESS_LUFS,
} from "@/lib/media/transcode/loudness";
import { runs } from "@/tests/support/fuzz/runs";

const level = fc.record({
  loudness: fc.double({ min: -60, max: 0, noNaN: true }),
  truePeak: fc.double({ min: -50, max: 6, noNaN: true }),
});
const format = fc.constantFrom("aac", "opus", "mp3", "flac");

it("a planned gain reaches the target or the ceiling, and exceeds neither", () => {
  fc.assert(
    fc.property(level, format, ({ loudness, truePeak }, to) => {
      const gain = planGain({ loudness, truePeak }, to);
      expect(loudness + gain).toBeLessThanOrEqual(TARGET_LOUDNESS_LUFS);
      expect(truePeak + gain).toBeLessThanOrEqual(MAX_TRUE_PEAK_DBTP);
      const missing = Math.min(TARGET_LOUDNESS_LUFS - loudness - gain, MAX_TRUE_PEAK_DBTP - truePeak - gain);
      expect(missing).toBeLessThan(0.5);
    }),
    { numRuns: runs(200) },
  );
});

it("an encoding with a peak over the ceiling gets a lower gain, however often; a quiet one a higher gain once", () => {
  expect(correctGain(-3, { loudness: null, truePeak: -0.4 }, 3)).toBeCloseTo(-3.7, 2);
  expect(correctGain(-3, { loudness: -14.8, truePeak: -3 }, 0)).toBeCloseTo(-2.2, 2);
  expect(correctGain(-3, { loudness: -18, truePeak: -2 }, 0)).toBeCloseTo(-2.1, 2);
  expect(correctGain(-3, { loudness: -14.8, truePeak: null }, 1)).toBeNull();
  expect(correctGain(-3, { loudness: -14.1, truePeak: null }, 0)).toBeNull();
  expect(correctGain(-3, { loudness: null, truePeak: -1 }, 0)).toBeNull();
});

it("the last correction has a wide margin, and what exceeds the ceiling even then is refused", () => {
  expect(correctGain(-3, { loudness: null, truePeak: -0.4 }, 4)).toBeCloseTo(-6.6, 2);
  const again = () => correctGain(-6.6, { loudness: null, truePeak: -0.9 }, 5);
  expect(again).toThrow(FileProblemError);
  expect(correctGain(-6.6, { loudness: null, truePeak: -1.1 }, 5)).toBeNull();
});
