"use client";

import { useEffect, useState } from "react";
import type { UploadedFile } from "@/lib/schemas/media-file";
import { fetchUnusedUploads, type UploadPurpose } from "./uploads-api";

/** The user's uploads that nothing uses yet, read once. A failed read offers none: the form works without. */
export function useUnusedUploads(purpose: UploadPurpose): readonly UploadedFile[] {
  const [items, setItems] = useState<readonly UploadedFile[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    void fetchUnusedUploads(purpose, controller.signal).then((result) => {
      if (result.ok && !controller.signal.aborted) setItems(result.data.items);
    });
    return () => controller.abort();
  }, [purpose]);
  return items;
}
