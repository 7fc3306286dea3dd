import { closedCurve } from "../curves";
import { type Brush, COVER_SIZE } from "../family";
import { randomBetween, randomInteger, roundCoordinate } from "../random";

const LAYERS = 11;
const POINTS = 26;

/** A mountain of coloured paper layers, smaller towards the summit. */
export function isolines({ random, palette }: Brush) {
  const centre = {
    x: randomBetween(random, 0.32, 0.68) * COVER_SIZE,
    y: randomBetween(random, 0.32, 0.68) * COVER_SIZE,
  };
  const waves = Array.from({ length: 4 }, (_, i) => ({
    times: randomInteger(random, 2, 3) + i,
    size: randomBetween(random, 0.05, 0.2) / (1 + i * 0.4),
    phase: random() * 6.3,
    drift: randomBetween(random, -1.2, 1.2),
  }));
  const layers = Array.from({ length: LAYERS }, (_, layer) => {
    const height = layer / (LAYERS - 1);
    const base = 305 * (1 - height) ** 0.86 + 12;
    const points = Array.from({ length: POINTS }, (_, i) => {
      const angle = (i / POINTS) * Math.PI * 2;
      const bend = waves.reduce(
        (sum, w) => sum + w.size * Math.sin(w.times * angle + w.phase + w.drift * height * 2),
        1,
      );
      return {
        x: centre.x + Math.cos(angle) * base * bend + height * 18,
        y: centre.y + Math.sin(angle) * base * bend - height * 26,
      };
    });
    return { path: closedCurve(points), colour: palette.interpolate(0.08 + height * 0.92) };
  });
  return layers.map(({ path, colour }, i) => (
    <path
      key={colour + String(i)}
      d={path}
      fill={colour}
      stroke={palette.ground}
      strokeWidth={roundCoordinate(1.2)}
      strokeOpacity="0.35"
    />
  ));
}
