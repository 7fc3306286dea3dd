import { closedCurve } from "../curves";
import { type Brush, COVER_SIZE } from "../family";
import { pickRandom, randomBetween, roundCoordinate } from "../random";

const POINTS = 72;
const TRACES = 5;

/** A Lissajous figure on an oscilloscope (one tone per axis), with afterglow. */
export function scope({ random, palette }: Brush) {
  const [xFrequency, yFrequency] = pickRandom(random, [
    [3, 2],
    [5, 4],
    [3, 4],
    [5, 3],
    [7, 4],
  ]);
  const phase = randomBetween(random, 0.3, 1.3);
  const afterglow = randomBetween(random, 0.35, 0.8);
  const skew = randomBetween(random, -0.5, 0.5);
  const figure = (phaseOffset: number, amplitude: number) =>
    closedCurve(
      Array.from({ length: POINTS }, (_, i) => {
        const at = (i / POINTS) * Math.PI * 2;
        const x = Math.sin(xFrequency * at + phase + phaseOffset);
        const y = Math.sin(yFrequency * at);
        return {
          x: COVER_SIZE / 2 + (x + y * skew * 0.3) * amplitude,
          y: COVER_SIZE / 2 + (y - x * skew * 0.3) * amplitude,
        };
      }),
    );
  return Array.from({ length: TRACES }, (_, i) => {
    const brightness = i / (TRACES - 1);
    return (
      <path
        key={brightness}
        d={figure((1 - brightness) * afterglow, 160)}
        fill="none"
        stroke={palette.interpolate(0.22 + brightness * 0.78)}
        strokeWidth={roundCoordinate(13 - brightness * 8)}
        strokeLinejoin="round"
      />
    );
  });
}
