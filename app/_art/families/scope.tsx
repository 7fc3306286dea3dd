import { closedCurve } from "../curves";
import { type Brush, SIDE } from "../family";
import { between, cut, pick } from "../random";

const POINTS = 72;
const TRACES = 5;

/** A Lissajous figure on an oscilloscope: two tones, one on each axis, and their afterglow. */
export function scope({ random, palette }: Brush) {
  const [across, down] = pick(random, [
    [3, 2],
    [5, 4],
    [3, 4],
    [5, 3],
    [7, 4],
  ]);
  const phase = between(random, 0.3, 1.3);
  const afterglow = between(random, 0.35, 0.8);
  const lean = between(random, -0.5, 0.5);
  const figure = (late: number, reach: number) =>
    closedCurve(
      Array.from({ length: POINTS }, (_, i) => {
        const at = (i / POINTS) * Math.PI * 2;
        const x = Math.sin(across * at + phase + late);
        const y = Math.sin(down * at);
        return {
          x: SIDE / 2 + (x + y * lean * 0.3) * reach,
          y: SIDE / 2 + (y - x * lean * 0.3) * reach,
        };
      }),
    );
  return Array.from({ length: TRACES }, (_, i) => {
    const fresh = i / (TRACES - 1);
    return (
      <path
        key={fresh}
        d={figure((1 - fresh) * afterglow, 160)}
        fill="none"
        stroke={palette.between(0.22 + fresh * 0.78)}
        strokeWidth={cut(13 - fresh * 8)}
        strokeLinejoin="round"
      />
    );
  });
}
