import { type Brush, SIDE } from "../family";
import { between, cut } from "../random";

/** Two sets of rings, each plain alone; the picture is where they disagree. */
export function moire({ random, palette, uid }: Brush) {
  const pitch = between(random, 15, 24);
  const turn = random() * Math.PI * 2;
  const apart = between(random, 30, 90);
  const centre = { x: between(random, 0.3, 0.7) * SIDE, y: between(random, 0.3, 0.7) * SIDE };
  const sets = [
    { name: "a", way: 1, ink: palette.light, pitch },
    { name: "b", way: -1, ink: palette.body, pitch: pitch * between(random, 1.02, 1.12) },
  ];
  return (
    <>
      <defs>
        {sets.map((set) => (
          <radialGradient
            key={set.name}
            id={uid + set.name}
            gradientUnits="userSpaceOnUse"
            cx={cut(centre.x + set.way * Math.cos(turn) * apart)}
            cy={cut(centre.y + set.way * Math.sin(turn) * apart)}
            r={cut(set.pitch)}
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
      <rect width={SIDE} height={SIDE} fill={palette.deep} />
      <rect width={SIDE} height={SIDE} fill={`url(#${uid}b)`} />
      <rect width={SIDE} height={SIDE} fill={`url(#${uid}a)`} />
    </>
  );
}
