import { cn } from "@/app/_ui/cn";
import { MARK_GEOMETRY, MARK_PATH } from "./mark-geometry";

/** @param animated the bars move; for live or loading content, not for decoration */
export function Mark({ className, animated = false }: { className?: string; animated?: boolean }) {
  return (
    <svg
      viewBox={`0 0 ${String(MARK_GEOMETRY.side)} ${String(MARK_GEOMETRY.side)}`}
      aria-hidden="true"
      focusable="false"
      className={cn("text-mark", className)}
    >
      {animated ? (
        <g className="dancing" fill="currentColor">
          {MARK_GEOMETRY.bars.map((bar) => (
            <rect
              key={bar.x}
              x={bar.x}
              y={bar.y}
              width={MARK_GEOMETRY.width}
              height={bar.height}
              rx={MARK_GEOMETRY.width / 2}
            />
          ))}
        </g>
      ) : (
        <path fill="currentColor" d={MARK_PATH} />
      )}
    </svg>
  );
}

/**
 * The site's name as an image mask over the text colour: it needs no font, and its six kilobytes are fetched
 * once and not with every page. The height follows from the width, so set a width.
 */
export function Wordmark({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn("wordmark block text-ink", className)} />;
}
