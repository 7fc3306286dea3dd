import type { UploadedFile } from "@/lib/schemas/media-file";

/** How far the processing of a file is, 0 to 1; null while its task has reported nothing. */
export function processedFraction({ progress }: UploadedFile): number | null {
  if (!progress || progress.total <= 0) return null;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}

/** What is being done with the file: the key of its text. */
export function processingStep({ track }: UploadedFile): "checking" | "transcoding" {
  return track === null ? "checking" : "transcoding";
}
