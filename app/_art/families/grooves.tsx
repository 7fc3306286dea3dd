import { type Brush, COVER_SIZE } from "../family";
import { pickRandom, randomBetween, roundCoordinate } from "../random";

/** A close-up of a record: grooves, gaps between tracks, the label, reflected light. */
export function grooves({ random, palette, uid }: Brush) {
  const x = roundCoordinate(
    pickRandom(random, [0.5, 0.5, 0.78, 0.2]) * COVER_SIZE + randomBetween(random, -14, 14),
  );
  const y = roundCoordinate(
    pickRandom(random, [0.5, 0.5, 0.82, 0.24]) * COVER_SIZE + randomBetween(random, -14, 14),
  );
  const disc = roundCoordinate(randomBetween(random, 186, 300));
  const label = roundCoordinate(randomBetween(random, 48, 74));
  const rings: { r: number; width: number; lit: boolean }[] = [];
  for (let r = label + 16; r < disc - 6; ) {
    const lit = random() < 0.16;
    rings.push({
      r: roundCoordinate(r),
      width: lit ? 2.4 : roundCoordinate(randomBetween(random, 0.7, 1.5)),
      lit,
    });
    r += random() < 0.1 ? randomBetween(random, 11, 17) : randomBetween(random, 4.2, 6.4);
  }
  const angle = roundCoordinate(randomBetween(random, 15, 75));
  return (
    <>
      <defs>
        <linearGradient id={`${uid}s`} x1="0" y1="0" x2="1" y2="0">
          <stop offset="0" stopColor={palette.light} stopOpacity="0.5" />
          <stop offset="0.5" stopColor={palette.light} stopOpacity="0.06" />
          <stop offset="1" stopColor={palette.light} stopOpacity="0.5" />
        </linearGradient>
        <clipPath id={`${uid}d`}>
          <circle cx={x} cy={y} r={disc} />
        </clipPath>
      </defs>
      <circle cx={x} cy={y} r={disc} fill={palette.deep} />
      <g clipPath={`url(#${uid}d)`}>
        <path
          transform={`rotate(${String(angle)} ${String(x)} ${String(y)})`}
          d={`M${x} ${y}l-400 -120v240ZM${x} ${y}l400 -120v240Z`}
          fill={`url(#${uid}s)`}
        />
      </g>
      {rings.map((ring) => (
        <circle
          key={ring.r}
          cx={x}
          cy={y}
          r={ring.r}
          fill="none"
          stroke={ring.lit ? palette.light : palette.body}
          strokeWidth={ring.width}
          strokeOpacity={ring.lit ? 0.9 : 0.7}
        />
      ))}
      <circle cx={x} cy={y} r={label} fill={palette.light} />
      <circle cx={x} cy={y} r={roundCoordinate(label * 0.62)} fill={palette.body} />
      <circle cx={x} cy={y} r={7} fill={palette.ground} />
    </>
  );
}
