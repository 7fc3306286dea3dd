import { cn } from "../ui/cn";
import { WORDMARK } from "./wordmark-path";

/** The name; its box is as high as the letters, so set a width. */
export function Wordmark({ className }: { className?: string }) {
  return (
    <svg
      viewBox={WORDMARK.viewBox}
      aria-hidden="true"
      focusable="false"
      className={cn("text-ink", className)}
    >
      <path d={WORDMARK.path} fill="currentColor" />
    </svg>
  );
}
