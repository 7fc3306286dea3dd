import { cn } from "@/app/_ui/cn";
import { BELL } from "./mark-geometry";

/** @param dancing the bars move; for what is live or being loaded, not for decoration in passing */
export function Mark({ className, dancing = false }: { className?: string; dancing?: boolean }) {
  return (
    <svg
      viewBox={`0 0 ${String(BELL.side)} ${String(BELL.side)}`}
      aria-hidden="true"
      focusable="false"
      className={cn("text-mark", className)}
    >
      <g className={dancing ? "dancing" : undefined} fill="currentColor">
        {BELL.bars.map((bar) => (
          <rect key={bar.x} x={bar.x} y={bar.y} width={BELL.width} height={bar.height} rx={BELL.width / 2} />
        ))}
      </g>
    </svg>
  );
}
