import { type Brush, COVER_SIZE } from "../family";
import { randomBetween, randomInteger, roundCoordinate } from "../random";

/** Stage lights through haze, each with a pool of light on the floor. */
export function beams({ random, palette, uid }: Brush) {
  const count = randomInteger(random, 4, 6);
  const lamps = Array.from({ length: count }, (_, i) => {
    const from = ((i + 0.5) / count) * COVER_SIZE + randomBetween(random, -18, 18);
    const to = COVER_SIZE - from + randomBetween(random, -90, 90);
    const spread = randomBetween(random, 34, 80);
    return { key: i, from, to, spread, ink: i % 2 ? palette.body : palette.light };
  });
  const floor = 342;
  return (
    <>
      <defs>
        <linearGradient id={`${uid}h`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor={palette.body} stopOpacity="0.55" />
          <stop offset="0.85" stopColor={palette.ground} stopOpacity="0" />
        </linearGradient>
        {[palette.light, palette.body].map((ink, i) => (
          <linearGradient key={ink} id={`${uid}l${String(i)}`} x1="0" y1="0" x2="0" y2="1">
            <stop offset="0" stopColor={ink} stopOpacity="0.95" />
            <stop offset="1" stopColor={ink} stopOpacity="0.16" />
          </linearGradient>
        ))}
      </defs>
      <rect width={COVER_SIZE} height={COVER_SIZE} fill={`url(#${uid}h)`} />
      {lamps.map((lamp) => (
        <path
          key={lamp.key}
          d={`M${roundCoordinate(lamp.from - 5)} -8H${roundCoordinate(lamp.from + 5)}L${roundCoordinate(lamp.to + lamp.spread)} ${floor}H${roundCoordinate(lamp.to - lamp.spread)}Z`}
          fill={`url(#${uid}l${String(lamp.key % 2)})`}
        />
      ))}
      {lamps.map((lamp) => (
        <ellipse
          key={lamp.key}
          cx={roundCoordinate(lamp.to)}
          cy={floor}
          rx={roundCoordinate(lamp.spread)}
          ry={roundCoordinate(lamp.spread * 0.24)}
          fill={lamp.ink}
          fillOpacity="0.75"
        />
      ))}
    </>
  );
}
