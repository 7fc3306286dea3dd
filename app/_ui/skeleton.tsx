import type { CSSProperties } from "react";
import { cn } from "./cn";

/** One block of a loading screen; skeletons copy the real layout, so that nothing jumps. */
export function Skeleton({ className, style }: { className?: string; style?: CSSProperties }) {
  return (
    <span
      aria-hidden="true"
      style={style}
      className={cn("block animate-pulse-soft rounded-md bg-ink/10", className)}
    />
  );
}
