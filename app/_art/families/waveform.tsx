import { type Brush, SIDE } from "../family";
import { between, cut, integer } from "../random";

/** The loudness of a track as mirrored bars, over its own slower echo. */
export function waveform({ random, palette }: Brush) {
  const middle = SIDE / 2;
  const phases = [random() * 6.3, random() * 6.3, random() * 6.3] as const;
  const peak = between(random, 0.3, 0.7);
  const loudness = (at: number) => {
    const window = Math.exp(-((at - peak) ** 2) / 0.075);
    const beat =
      0.5 +
      0.26 * Math.sin(at * 21 + phases[0]) +
      0.24 * Math.sin(at * 47 + phases[1]) +
      0.16 * Math.sin(at * 97 + phases[2]);
    return Math.max(0.02, window * beat);
  };
  const bars = (count: number, reach: number) => {
    const step = SIDE / count;
    let path = "";
    for (let i = 0; i < count; i++) {
      const half = cut(loudness((i + 0.5) / count) * reach);
      path += `M${cut(step * (i + 0.5))} ${cut(middle - half)}V${cut(middle + half)}`;
    }
    return path;
  };
  const wide = integer(random, 9, 13);
  const fine = wide * 4;
  return (
    <>
      <path
        d={bars(wide, 215)}
        stroke={palette.deep}
        strokeWidth={cut((SIDE / wide) * 0.82)}
        strokeLinecap="round"
        fill="none"
      />
      <path
        d={bars(wide * 2, 185)}
        stroke={palette.body}
        strokeWidth={cut((SIDE / wide / 2) * 0.66)}
        strokeLinecap="round"
        fill="none"
      />
      <path
        d={bars(fine, 150)}
        stroke={palette.light}
        strokeWidth={cut((SIDE / fine) * 0.46)}
        strokeLinecap="round"
        fill="none"
      />
    </>
  );
}
