import { type Brush, SIDE } from "../family";
import { cut, pick } from "../random";

/** Quarter turns laid like tiles: cable, track, dance floor. */
export function arcs({ random, palette }: Brush) {
  const cells = pick(random, [3, 4, 5]);
  const size = SIDE / cells;
  let path = "";
  const discs: { x: number; y: number; key: number }[] = [];
  for (let i = 0; i < cells * cells; i++) {
    const x = (i % cells) * size;
    const y = Math.floor(i / cells) * size;
    const half = cut(size / 2);
    if (random() < 0.5) {
      path += `M${cut(x + half)} ${cut(y)}A${half} ${half} 0 0 1 ${cut(x)} ${cut(y + half)}`;
      path += `M${cut(x + size)} ${cut(y + half)}A${half} ${half} 0 0 0 ${cut(x + half)} ${cut(y + size)}`;
    } else {
      path += `M${cut(x + half)} ${cut(y)}A${half} ${half} 0 0 0 ${cut(x + size)} ${cut(y + half)}`;
      path += `M${cut(x)} ${cut(y + half)}A${half} ${half} 0 0 1 ${cut(x + half)} ${cut(y + size)}`;
    }
    if (random() < 0.2) discs.push({ x: cut(x), y: cut(y), key: i });
  }
  const strokes = [
    { width: 0.46, ink: palette.body },
    { width: 0.26, ink: palette.deep },
    { width: 0.09, ink: palette.light },
  ];
  return (
    <>
      {discs.map((disc) => (
        <circle key={disc.key} cx={disc.x} cy={disc.y} r={cut(size * 0.2)} fill={palette.light} />
      ))}
      {strokes.map((stroke) => (
        <path
          key={stroke.width}
          d={path}
          fill="none"
          stroke={stroke.ink}
          strokeWidth={cut(size * stroke.width)}
        />
      ))}
    </>
  );
}
