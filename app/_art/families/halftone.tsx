import { type Brush, COVER_SIZE } from "../family";
import { pickRandom, randomBetween, roundCoordinate } from "../random";

const STEPS = 9;

/** Two interfering waves as a halftone. Dots of one size share a path, which keeps the markup small. */
export function halftone({ random, palette }: Brush) {
  const cells = pickRandom(random, [13, 16, 19]);
  const pitch = COVER_SIZE / cells;
  const sources = Array.from({ length: 2 }, () => ({
    x: random() * COVER_SIZE,
    y: random() * COVER_SIZE,
    length: randomBetween(random, 46, 92),
  }));
  const sizes = Array.from({ length: STEPS }, () => "");
  for (let row = 0; row <= cells; row++) {
    for (let column = 0; column <= cells; column++) {
      const x = (column + (row % 2) / 2) * pitch;
      const y = row * pitch;
      const wave = sources.reduce(
        (sum, s) => sum + Math.cos((Math.hypot(x - s.x, y - s.y) / s.length) * Math.PI),
        0,
      );
      const step = Math.round(((wave + 2) / 4) * (STEPS - 1));
      sizes[step] += `M${roundCoordinate(x)} ${roundCoordinate(y)}h0`;
    }
  }
  return sizes.map((path, step) =>
    path === "" ? null : (
      <path
        key={`size${String(step + 1)}`}
        d={path}
        fill="none"
        stroke={palette.interpolate(0.3 + (step / (STEPS - 1)) * 0.7)}
        strokeWidth={roundCoordinate(pitch * (0.14 + (step / (STEPS - 1)) * 0.92))}
        strokeLinecap="round"
      />
    ),
  );
}
