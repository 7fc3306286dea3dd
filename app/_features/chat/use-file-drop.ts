"use client";

import { type DragEvent, useState } from "react";

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes("Files");

/**
 * Files that are dragged onto something. Dragged words go where they are let go, into the field for one.
 * @param take  null: none are taken for now, and the browser does not open them either
 */
export function useDropping(take: ((files: FileList) => void) | null) {
  const [dropping, setDropping] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (take) setDropping(true);
      else event.dataTransfer.dropEffect = "none";
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false);
    },
    onDrop: (event: DragEvent) => {
      setDropping(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      take?.(event.dataTransfer.files);
    },
  };
  return { dropping, handlers };
}
