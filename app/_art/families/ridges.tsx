import { openCurve } from "../curves";
import { type Brush, COVER_SIZE } from "../family";
import { randomBetween, randomInteger, roundCoordinate } from "../random";

const POINTS = 30;

/** Repeated recordings of a pulse, each line in front of the previous one. */
export function ridges({ random, palette }: Brush) {
  const lines = randomInteger(random, 15, 20);
  const peaks = Array.from({ length: 3 }, () => ({
    at: randomBetween(random, 0.26, 0.74),
    width: randomBetween(random, 0.004, 0.016),
    height: randomBetween(random, 40, 96),
    drift: randomBetween(random, -0.16, 0.16),
  }));
  const rows = Array.from({ length: lines }, (_, row) => {
    const depth = row / (lines - 1);
    const floor = 96 + depth * 268;
    const points = Array.from({ length: POINTS }, (_, i) => {
      const at = i / (POINTS - 1);
      const edge = Math.exp(-((at - 0.5) ** 2) / 0.05);
      const rise = peaks.reduce(
        (sum, p) => sum + p.height * Math.exp(-((at - p.at - p.drift * (depth - 0.5)) ** 2) / p.width),
        0,
      );
      return {
        x: -12 + at * (COVER_SIZE + 24),
        y: floor - edge * (rise * randomBetween(random, 0.6, 1.1) + random() * 9),
      };
    });
    return { key: row, depth, floor, path: openCurve(points) };
  });
  return rows.map((row) => (
    <path
      key={row.key}
      d={`${row.path}L${COVER_SIZE + 12} ${roundCoordinate(row.floor + 40)}H-12Z`}
      fill={palette.ground}
      stroke={palette.interpolate(0.42 + row.depth * 0.58)}
      strokeWidth={roundCoordinate(1.6 + row.depth * 1.4)}
      strokeLinejoin="round"
    />
  ));
}
