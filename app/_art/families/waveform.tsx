import { type Brush, COVER_SIZE } from "../family";
import { randomBetween, randomInteger, roundCoordinate } from "../random";

/** The loudness of a track as mirrored bars, over two coarser copies. */
export function waveform({ random, palette }: Brush) {
  const middle = COVER_SIZE / 2;
  const phases = [random() * 6.3, random() * 6.3, random() * 6.3] as const;
  const peak = randomBetween(random, 0.3, 0.7);
  const loudness = (at: number) => {
    const window = Math.exp(-((at - peak) ** 2) / 0.075);
    const beat =
      0.5 +
      0.26 * Math.sin(at * 21 + phases[0]) +
      0.24 * Math.sin(at * 47 + phases[1]) +
      0.16 * Math.sin(at * 97 + phases[2]);
    return Math.max(0.02, window * beat);
  };
  const bars = (count: number, maxHeight: number) => {
    const step = COVER_SIZE / count;
    let path = "";
    for (let i = 0; i < count; i++) {
      const half = roundCoordinate(loudness((i + 0.5) / count) * maxHeight);
      path += `M${roundCoordinate(step * (i + 0.5))} ${roundCoordinate(middle - half)}V${roundCoordinate(middle + half)}`;
    }
    return path;
  };
  const wide = randomInteger(random, 9, 13);
  const fine = wide * 4;
  return (
    <>
      <path
        d={bars(wide, 215)}
        stroke={palette.deep}
        strokeWidth={roundCoordinate((COVER_SIZE / wide) * 0.82)}
        strokeLinecap="round"
        fill="none"
      />
      <path
        d={bars(wide * 2, 185)}
        stroke={palette.body}
        strokeWidth={roundCoordinate((COVER_SIZE / wide / 2) * 0.66)}
        strokeLinecap="round"
        fill="none"
      />
      <path
        d={bars(fine, 150)}
        stroke={palette.light}
        strokeWidth={roundCoordinate((COVER_SIZE / fine) * 0.46)}
        strokeLinecap="round"
        fill="none"
      />
    </>
  );
}
