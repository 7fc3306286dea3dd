"use client";

import { ViewTransition } from "react";
import { CoverImage } from "@/app/_art/cover-image";
import { useKnownCover } from "@/app/_data/post-covers";
import { cn } from "@/app/_ui/cn";

/**
 * The cover of a post while the post is being read: the one of the card that was clicked, so that it stays the same
 * while the page opens.
 */
export function KnownCover({ id, sizes, className }: { id: string; sizes: string; className: string }) {
  const cover = useKnownCover(id);
  return (
    <ViewTransition name={`cover-${id}`} share="cover" default="none">
      <div className={cn("overflow-hidden", className)}>
        <CoverImage id={id} cover={cover} sizes={sizes} eager />
      </div>
    </ViewTransition>
  );
}
