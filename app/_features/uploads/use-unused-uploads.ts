"use client";

import { useEffect, useState } from "react";
import type { UploadedFile } from "@/lib/schemas/media-file";
import { deleteUpload, fetchUnusedUploads, type UploadPurpose } from "./uploads-api";

interface UnusedUploads {
  items: readonly UploadedFile[];
  /** Deletes one, which frees its part of the quota. A failure brings it back. */
  remove: (file: UploadedFile) => Promise<void>;
}

/** The user's uploads that nothing uses yet, read once. A failed read offers none: the form works without. */
export function useUnusedUploads(purpose: UploadPurpose): UnusedUploads {
  const [items, setItems] = useState<readonly UploadedFile[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    void fetchUnusedUploads(purpose, controller.signal).then((result) => {
      if (result.ok && !controller.signal.aborted) setItems(result.data.items);
    });
    return () => controller.abort();
  }, [purpose]);
  const remove = async (file: UploadedFile) => {
    setItems((current) => current.filter(({ id }) => id !== file.id));
    const result = await deleteUpload(file.id);
    if (!result.ok && result.failure.code !== "not_found")
      setItems((current) => [...current, file].sort((a, b) => b.id.localeCompare(a.id)));
  };
  return { items, remove };
}
