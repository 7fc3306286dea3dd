"use client";

import { usePathname } from "next/navigation";
import { PlayButton } from "@/app/_features/player/play-button";
import { fromFile } from "@/app/_features/player/player-track";
import { PositionText, SeekBar } from "@/app/_features/player/seek-bar";
import type { FileView } from "@/lib/schemas/media-file";

/** An audio attachment, which the page's player plays. */
export function ChatSound({ file, tabIndex }: { file: FileView; tabIndex: number }) {
  const track = fromFile(file, usePathname());
  return (
    <div className="my-1.5 grid w-80 max-w-full grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3">
      <PlayButton track={track} tabIndex={tabIndex} className="row-span-2" />
      <SeekBar track={track} tabIndex={tabIndex} className="h-8" />
      <p className="flex min-w-0 justify-between gap-3 text-xs text-muted">
        <bdi className="truncate">{file.name}</bdi>
        <PositionText track={track} className="shrink-0" />
      </p>
    </div>
  );
}
