import { type Brush, COVER_SIZE } from "../family";
import { pickRandom, roundCoordinate } from "../random";

/** Truchet tiles: quarter circles that join into cables. */
export function arcs({ random, palette }: Brush) {
  const cells = pickRandom(random, [3, 4, 5]);
  const size = COVER_SIZE / cells;
  let path = "";
  const discs: { x: number; y: number; key: number }[] = [];
  for (let i = 0; i < cells * cells; i++) {
    const x = (i % cells) * size;
    const y = Math.floor(i / cells) * size;
    const half = roundCoordinate(size / 2);
    if (random() < 0.5) {
      path += `M${roundCoordinate(x + half)} ${roundCoordinate(y)}A${half} ${half} 0 0 1 ${roundCoordinate(x)} ${roundCoordinate(y + half)}`;
      path += `M${roundCoordinate(x + size)} ${roundCoordinate(y + half)}A${half} ${half} 0 0 0 ${roundCoordinate(x + half)} ${roundCoordinate(y + size)}`;
    } else {
      path += `M${roundCoordinate(x + half)} ${roundCoordinate(y)}A${half} ${half} 0 0 0 ${roundCoordinate(x + size)} ${roundCoordinate(y + half)}`;
      path += `M${roundCoordinate(x)} ${roundCoordinate(y + half)}A${half} ${half} 0 0 1 ${roundCoordinate(x + half)} ${roundCoordinate(y + size)}`;
    }
    if (random() < 0.2) discs.push({ x: roundCoordinate(x), y: roundCoordinate(y), key: i });
  }
  const strokes = [
    { width: 0.46, ink: palette.body },
    { width: 0.26, ink: palette.deep },
    { width: 0.09, ink: palette.light },
  ];
  return (
    <>
      {discs.map((disc) => (
        <circle key={disc.key} cx={disc.x} cy={disc.y} r={roundCoordinate(size * 0.2)} fill={palette.light} />
      ))}
      {strokes.map((stroke) => (
        <path
          key={stroke.width}
          d={path}
          fill="none"
          stroke={stroke.ink}
          strokeWidth={roundCoordinate(size * stroke.width)}
        />
      ))}
    </>
  );
}
