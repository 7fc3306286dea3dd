"use client";

import { useId } from "react";
import { cn } from "@/app/_ui/cn";
import { coverArt } from "./cover-art";
import { COVER_SIZE } from "./family";

/**
 * A client component although it is static: this way the drawing is sent once, as HTML, and not again in the
 * payload of the server components, which has only the id.
 */
export function Cover({ id, className }: { id: string; className?: string }) {
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
