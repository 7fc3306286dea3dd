"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { MOST_ATTACHMENTS } from "@/lib/chat/client";
import type { Attachment } from "./store/chat-api";
import { MOST_BYTES, uploadFile } from "./store/upload-file";

/** A file that was chosen. It goes up at once, and stays here whatever comes of that. */
export interface Chosen {
  key: number;
  file: File;
  /** A picture's, for this page alone. */
  preview: string | null;
  /** From 0 to 1. */
  progress: number;
  uploaded: Attachment | null;
  failure: ApiFailure | null;
}

let lastKey = 0;

export function useAttachments() {
  const t = useTranslations("chat");
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const [tooMany, setTooMany] = useState(false);
  const uploads = useRef(new Map<number, AbortController>());
  const previews = useRef(new Set<string>());

  useEffect(() => {
    const [running, shown] = [uploads.current, previews.current];
    return () => {
      for (const upload of running.values()) upload.abort();
      for (const url of shown) URL.revokeObjectURL(url);
    };
  }, []);

  const change = (key: number, to: Partial<Chosen>) =>
    setChosen((before) => before.map((each) => (each.key === key ? { ...each, ...to } : each)));

  const upload = async ({ key, file }: Chosen) => {
    const controller = new AbortController();
    uploads.current.set(key, controller);
    const result = await uploadFile(file, {
      signal: controller.signal,
      onProgress: (progress) => change(key, { progress }),
    });
    uploads.current.delete(key);
    if (controller.signal.aborted) return;
    change(key, result.ok ? { uploaded: result.data.file, progress: 1 } : { failure: result.failure });
  };

  return {
    chosen,
    tooMany,
    /** Something is on its way, or did not arrive: it cannot be sent yet. */
    incomplete: chosen.some(({ uploaded }) => uploaded === null),
    add: (files: Iterable<File>) => {
      const room = MOST_ATTACHMENTS - chosen.length;
      const all = [...files];
      setTooMany(all.length > room);
      const added = all.slice(0, room).map((file): Chosen => {
        const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
        if (preview) previews.current.add(preview);
        const failure = file.size > MOST_BYTES ? tooLarge(t("tooLarge")) : null;
        return { key: ++lastKey, file, preview, progress: 0, uploaded: null, failure };
      });
      setChosen((before) => [...before, ...added]);
      for (const each of added) if (!each.failure) void upload(each);
    },
    retry: (each: Chosen) => {
      if (each.file.size > MOST_BYTES) return;
      change(each.key, { failure: null, progress: 0 });
      void upload(each);
    },
    remove: ({ key }: Chosen) => {
      uploads.current.get(key)?.abort();
      setTooMany(false);
      setChosen((before) => before.filter((each) => each.key !== key));
    },
    clear: () => setChosen([]),
  };
}

export type Attaching = ReturnType<typeof useAttachments>;

function tooLarge(message: string): ApiFailure {
  return { code: "payload_too_large", message, requestId: null, details: [], retryAfterSeconds: null };
}
