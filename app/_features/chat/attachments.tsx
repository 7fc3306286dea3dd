"use client";

import { FileText } from "lucide-react";
import { cn } from "@/app/_ui/cn";
import { useFileSize } from "@/app/_ui/use-file-size";
import { isolate } from "@/lib/schemas/isolate";
import type { FileView } from "@/lib/schemas/media-file";
import { ChatSound } from "./chat-sound";

/** The attachments of a message: pictures inline, audio with a player, anything else as a row. */
export function Attachments({ files, tabIndex }: { files: readonly FileView[]; tabIndex: number }) {
  const pictures = files.filter(({ type }) => type.startsWith("image/"));
  const otherFiles = files.filter(({ type }) => !type.startsWith("image/"));
  return (
    <>
      {pictures.length > 0 ? (
        <div
          className={cn(
            "my-1 grid max-w-md gap-1 overflow-hidden rounded-xl",
            pictures.length > 1 && "grid-cols-2",
          )}
        >
          {pictures.map((file) => (
            <Picture key={file.id} file={file} alone={pictures.length === 1} tabIndex={tabIndex} />
          ))}
        </div>
      ) : null}
      {otherFiles.map((file) =>
        file.type.startsWith("audio/") ? (
          <ChatSound key={file.id} file={file} tabIndex={tabIndex} />
        ) : (
          <FileRow key={file.id} file={file} tabIndex={tabIndex} />
        ),
      )}
    </>
  );
}

function Picture({ file, alone, tabIndex }: { file: FileView; alone: boolean; tabIndex: number }) {
  return (
    <a
      href={`/api/media/${file.id}`}
      target="_blank"
      rel="noopener noreferrer"
      tabIndex={tabIndex}
      className="block overflow-hidden rounded-lg bg-ink/8"
    >
      {/* Its size is known, so that nothing jumps when it loads. */}
      {/* biome-ignore lint/performance/noImgElement: served to members only, and unchanged */}
      <img
        src={`/api/media/${file.id}`}
        alt={isolate(file.name)}
        width={file.width ?? 480}
        height={file.height ?? 360}
        loading="lazy"
        decoding="async"
        className={cn("w-full object-cover", alone ? "h-auto max-h-96" : "aspect-square h-full")}
      />
    </a>
  );
}

function FileRow({ file, tabIndex }: { file: FileView; tabIndex: number }) {
  const size = useFileSize();
  return (
    <a
      href={`/api/media/${file.id}`}
      download={file.name}
      tabIndex={tabIndex}
      className="my-1.5 flex w-72 max-w-full items-center gap-3 rounded-xl bg-ink/6 p-2.5 transition-colors hover:bg-ink/10"
    >
      <FileText className="size-6 shrink-0 text-tint-text" aria-hidden="true" />
      <span className="min-w-0">
        <span dir="auto" className="block truncate text-left text-sm font-medium">
          {file.name}
        </span>
        <span className="tabular block text-xs text-muted">{size(file.bytes)}</span>
      </span>
    </a>
  );
}
