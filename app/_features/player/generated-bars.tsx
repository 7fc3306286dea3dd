"use client";

import { useMemo } from "react";
import { roundCoordinate, seededRandom } from "@/app/_art/random";

/** A bar and its gap, in units of the drawing. */
const STEP = 3;
const WIDTH = 1.8;
const MIDDLE = 10;

interface Props {
  seed: string;
  count?: number;
  /** 0 to 1. */
  progress: number;
}

/** The bars of a sound without measured levels. They are drawn from its id, as covers are. */
export function GeneratedBars({ seed, count = 48, progress }: Props) {
  const heights = useMemo(() => {
    const random = seededRandom(`sound:${seed}`);
    return Array.from(
      { length: count },
      (_, n) => 0.25 + 0.75 * random() * Math.sin(((n + 1) / count) * Math.PI) ** 0.5,
    );
  }, [seed, count]);
  return (
    <svg
      viewBox={`0 0 ${String(count * STEP)} ${String(MIDDLE * 2)}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="size-full"
    >
      {heights.map((height, n) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: bars never change their order
          key={n}
          x={n * STEP}
          y={roundCoordinate(MIDDLE - height * (MIDDLE - 1))}
          width={WIDTH}
          height={roundCoordinate(height * 2 * (MIDDLE - 1))}
          rx={WIDTH / 2}
          className={progress > 0 && n / count <= progress ? "fill-mark" : "fill-ink/25"}
        />
      ))}
    </svg>
  );
}
