"use client";

import { useId } from "react";
import { cn } from "@/app/_ui/cn";
import { coverArt } from "./cover-art";
import { COVER_SIZE } from "./family";

/** The generated cover drawn by the browser, for a seed that changes while a title is typed. */
export function DrawnCover({ id, className }: { id: string; className?: string | undefined }) {
  // React's ids contain characters that `url(#…)` would have to escape.
  const uid = `c${useId().replace(/[^a-zA-Z0-9]/g, "")}`;
  return (
    <svg
      viewBox={`0 0 ${String(COVER_SIZE)} ${String(COVER_SIZE)}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      focusable="false"
      className={cn("block size-full", className)}
    >
      {coverArt(id, uid)}
    </svg>
  );
}
