"use client";

import { useId } from "react";
import { cn } from "@/app/_ui/cn";
import { coverArt } from "./cover-art";
import { COVER_SIZE } from "./family";

/**
 * A client component although nothing in it moves: rendered as one, the drawing travels once, as HTML,
 * and not a second time inside the server components' payload, where only the id is sent.
 */
export function Cover({ id, className }: { id: string; className?: string }) {
  // React's ids hold characters that `url(#…)` would need escaped.
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
