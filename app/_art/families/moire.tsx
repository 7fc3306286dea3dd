import { type Brush, COVER_SIZE } from "../family";
import { randomBetween, roundCoordinate } from "../random";

/** Two sets of rings; their interference makes the picture. */
export function moire({ random, palette, uid }: Brush) {
  const pitch = randomBetween(random, 15, 24);
  const angle = random() * Math.PI * 2;
  const distance = randomBetween(random, 30, 90);
  const centre = {
    x: randomBetween(random, 0.3, 0.7) * COVER_SIZE,
    y: randomBetween(random, 0.3, 0.7) * COVER_SIZE,
  };
  const sets = [
    { name: "a", sign: 1, ink: palette.light, pitch },
    { name: "b", sign: -1, ink: palette.body, pitch: pitch * randomBetween(random, 1.02, 1.12) },
  ];
  return (
    <>
      <defs>
        {sets.map((set) => (
          <radialGradient
            key={set.name}
            id={uid + set.name}
            gradientUnits="userSpaceOnUse"
            cx={roundCoordinate(centre.x + set.sign * Math.cos(angle) * distance)}
            cy={roundCoordinate(centre.y + set.sign * Math.sin(angle) * distance)}
            r={roundCoordinate(set.pitch)}
            spreadMethod="repeat"
          >
            <stop offset="0" stopColor={set.ink} stopOpacity="0" />
            <stop offset="0.44" stopColor={set.ink} stopOpacity="0" />
            <stop offset="0.52" stopColor={set.ink} />
            <stop offset="0.92" stopColor={set.ink} />
            <stop offset="1" stopColor={set.ink} stopOpacity="0" />
          </radialGradient>
        ))}
      </defs>
      <rect width={COVER_SIZE} height={COVER_SIZE} fill={palette.deep} />
      <rect width={COVER_SIZE} height={COVER_SIZE} fill={`url(#${uid}b)`} />
      <rect width={COVER_SIZE} height={COVER_SIZE} fill={`url(#${uid}a)`} />
    </>
  );
}
