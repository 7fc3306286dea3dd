"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { MAX_ATTACHMENTS, MAX_FILE_BYTES } from "@/lib/schemas/limits";
import type { FileView } from "@/lib/schemas/media-file";
import { uploadFile } from "./store/upload-file";

/** A chosen file. Its upload starts immediately; if that fails, the file stays in the list. */
export interface FileUpload {
  key: number;
  file: File;
  /** Object URL of a picture, valid on this page only. */
  preview: string | null;
  /** From 0 to 1. */
  progress: number;
  uploaded: FileView | null;
  failure: ApiFailure | null;
}

let lastKey = 0;

export function useFileUploads() {
  const t = useTranslations("chat");
  const [items, setItems] = useState<readonly FileUpload[]>([]);
  const [tooMany, setTooMany] = useState(false);
  const controllers = useRef(new Map<number, AbortController>());
  const previews = useRef(new Set<string>());

  useEffect(() => {
    const [running, shown] = [controllers.current, previews.current];
    return () => {
      for (const upload of running.values()) upload.abort();
      for (const url of shown) URL.revokeObjectURL(url);
    };
  }, []);

  const update = (key: number, changes: Partial<FileUpload>) =>
    setItems((before) => before.map((each) => (each.key === key ? { ...each, ...changes } : each)));

  const upload = async ({ key, file }: FileUpload) => {
    const controller = new AbortController();
    controllers.current.set(key, controller);
    const result = await uploadFile(file, {
      signal: controller.signal,
      onProgress: (progress) => update(key, { progress }),
    });
    controllers.current.delete(key);
    if (controller.signal.aborted) return;
    update(key, result.ok ? { uploaded: result.data.file, progress: 1 } : { failure: result.failure });
  };

  return {
    items,
    tooMany,
    /** An upload is running or has failed, so the message cannot be sent yet. */
    isIncomplete: items.some(({ uploaded }) => uploaded === null),
    add: (files: Iterable<File>) => {
      const room = MAX_ATTACHMENTS - items.length;
      const all = [...files];
      setTooMany(all.length > room);
      const added = all.slice(0, room).map((file): FileUpload => {
        const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
        if (preview) previews.current.add(preview);
        const failure = file.size > MAX_FILE_BYTES ? tooLargeFailure(t("tooLarge")) : null;
        return { key: ++lastKey, file, preview, progress: 0, uploaded: null, failure };
      });
      setItems((before) => [...before, ...added]);
      for (const each of added) if (!each.failure) void upload(each);
    },
    retry: (each: FileUpload) => {
      if (each.file.size > MAX_FILE_BYTES) return;
      update(each.key, { failure: null, progress: 0 });
      void upload(each);
    },
    remove: ({ key }: FileUpload) => {
      controllers.current.get(key)?.abort();
      setTooMany(false);
      setItems((before) => before.filter((each) => each.key !== key));
    },
    clear: () => setItems([]),
  };
}

export type FileUploads = ReturnType<typeof useFileUploads>;

function tooLargeFailure(message: string): ApiFailure {
  return { code: "payload_too_large", message, requestId: null, details: [], retryAfterSeconds: null };
}
