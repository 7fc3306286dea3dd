"use client";

import { type DragEvent, useState } from "react";

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes("Files");

/**
 * Accepts files dragged onto an element. Dragged text is left to the browser.
 * @param onFiles  null: files are not accepted, and the browser does not open them either
 */
export function useFileDrop(onFiles: ((files: FileList) => void) | null) {
  const [isDragging, setIsDragging] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (onFiles) setIsDragging(true);
      else event.dataTransfer.dropEffect = "none";
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsDragging(false);
    },
    onDrop: (event: DragEvent) => {
      setIsDragging(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      onFiles?.(event.dataTransfer.files);
    },
  };
  return { isDragging, handlers };
}
