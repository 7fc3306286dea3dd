import type { ReactNode } from "react";
import { MARK_BARS, MARK_SIDE } from "@/app/_art/brand/mark-geometry";
import { cn } from "@/app/_ui/cn";
import type { SignedInDevice } from "@/lib/schemas/session";

type Kind = SignedInDevice["device"]["kind"];

interface Screen {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The outline of each kind in a 64 × 64 square, and where its screen is. */
const DRAWINGS: Record<Kind, { outline: ReactNode; screen: Screen }> = {
  desktop: {
    outline: (
      <>
        <rect x="9" y="13" width="46" height="31" rx="4" />
        <path d="M3 51.5h58" />
      </>
    ),
    screen: { x: 16, y: 17, width: 32, height: 23 },
  },
  phone: {
    outline: (
      <>
        <rect x="19" y="5" width="26" height="54" rx="6" />
        <path d="M28.5 11.5h7" />
      </>
    ),
    screen: { x: 22.5, y: 22, width: 19, height: 24 },
  },
  tablet: {
    outline: (
      <>
        <rect x="12" y="6" width="40" height="52" rx="6" />
        <path d="M29 52h6" />
      </>
    ),
    screen: { x: 17, y: 16, width: 30, height: 28 },
  },
  // A program without a browser window, such as a script.
  other: {
    outline: (
      <>
        <path d="M16 12h-4a4 4 0 0 0-4 4v12l-4 4 4 4v12a4 4 0 0 0 4 4h4" />
        <path d="M48 12h4a4 4 0 0 1 4 4v12l4 4-4 4v12a4 4 0 0 1-4 4h-4" />
      </>
    ),
    screen: { x: 16, y: 19, width: 32, height: 26 },
  },
};

/** Size of the mark's bars within their square. */
const MARK_SIZE = { width: 54, height: 46 } as const;

interface Props {
  kind: Kind;
  /** Animates the mark, for the current device. */
  playing?: boolean;
  className?: string;
}

/** A device with the mark on its screen. */
export function DeviceArt({ kind, playing = false, className }: Props) {
  const { outline, screen } = DRAWINGS[kind];
  const scale = Math.min(screen.width / MARK_SIZE.width, screen.height / MARK_SIZE.height);
  const offset = {
    x: screen.x + (screen.width - MARK_SIDE * scale) / 2,
    y: screen.y + (screen.height - MARK_SIDE * scale) / 2,
  };
  return (
    <svg viewBox="0 0 64 64" aria-hidden="true" focusable="false" className={cn("block", className)}>
      <g
        fill="none"
        stroke="currentColor"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        className={playing ? undefined : "opacity-75"}
      >
        {outline}
      </g>
      <g transform={`translate(${String(offset.x)} ${String(offset.y)}) scale(${String(scale)})`}>
        <g fill="currentColor" className={playing ? "dancing text-mark" : "opacity-45"}>
          {MARK_BARS.map((bar) => (
            <rect key={bar.x} {...bar} />
          ))}
        </g>
      </g>
    </svg>
  );
}
