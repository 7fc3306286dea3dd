import { cn } from "@/app/_ui/cn";
import { MARK_BARS, MARK_PATH, MARK_VIEW_BOX } from "./mark-geometry";

/** @param animated the bars move; for live or loading content, not for decoration */
export function Mark({ className, animated = false }: { className?: string; animated?: boolean }) {
  return (
    <svg viewBox={MARK_VIEW_BOX} aria-hidden="true" focusable="false" className={cn("text-mark", className)}>
      {animated ? (
        <g className="dancing" fill="currentColor">
          {MARK_BARS.map((bar) => (
            <rect key={bar.x} {...bar} />
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
