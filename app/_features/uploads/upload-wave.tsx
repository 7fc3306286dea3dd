import { seededRandom } from "@/app/_art/random";
import { cn } from "@/app/_ui/cn";

const BARS = 76;
const HEIGHT = 100;

/** The bars of an imagined track: loud in the middle, with a beat. */
function barsOf(seed: string): string {
  const random = seededRandom(`wave:${seed}`);
  const phase = random() * 6.3;
  let path = "";
  for (let i = 0; i < BARS; i++) {
    const at = (i + 0.5) / BARS;
    const envelope = Math.sin(Math.PI * at) ** 0.6;
    const level = (0.35 + 0.3 * Math.abs(Math.sin(at * 19 + phase)) + 0.35 * random()) * envelope;
    const half = Math.max(3, Math.round(level * 0.48 * HEIGHT));
    path += `M${String(i * 4 + 2)} ${String(HEIGHT / 2 - half)}V${String(HEIGHT / 2 + half)}`;
  }
  return path;
}

interface Props {
  seed: string;
  /** How much of it is lit, 0 to 1. */
  fraction: number;
  /** `flat`: silence, nothing is there yet; `pulse`: work goes on whose progress is not known. */
  motion?: "flat" | "pulse" | "still";
  className?: string;
}

/** A waveform that lights up from left to right. Decorative: the real waveform is known only when a track is ready. */
export function UploadWave({ seed, fraction, motion = "still", className }: Props) {
  const path = barsOf(seed);
  return (
    <div
      aria-hidden="true"
      className={cn(
        "relative origin-center transition-transform duration-500 ease-out",
        motion === "flat" && "scale-y-[0.07]",
        className,
      )}
    >
      <Bars path={path} className="text-ink/20" />
      <div
        className={cn("absolute inset-0", motion === "pulse" && "animate-pulse-soft")}
        style={{ clipPath: `inset(0 ${String(100 - Math.round(fraction * 1_000) / 10)}% 0 0)` }}
      >
        <Bars path={path} className="text-mark" />
      </div>
    </div>
  );
}

function Bars({ path, className }: { path: string; className: string }) {
  return (
    <svg
      viewBox={`0 0 ${String(BARS * 4)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      focusable="false"
      aria-hidden="true"
      className={cn("block size-full overflow-visible", className)}
    >
      <path
        d={path}
        stroke="currentColor"
        strokeWidth="3"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
        fill="none"
      />
    </svg>
  );
}
