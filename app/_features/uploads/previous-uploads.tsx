"use client";

import { Music, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { formatDuration } from "@/app/_ui/format-duration";
import { useFileSize } from "@/app/_ui/use-file-size";
import { isolate } from "@/lib/schemas/isolate";
import type { UploadedFile } from "@/lib/schemas/media-file";
import { useUnusedUploads } from "./use-unused-uploads";

const MAX_SHOWN = 4;

/** Tracks that were uploaded earlier and are in no post yet. */
export function PreviousUploads({ onChoose }: { onChoose: (file: UploadedFile) => void }) {
  const t = useTranslations("uploads");
  const size = useFileSize();
  const { items, remove } = useUnusedUploads("audio");
  if (items.length === 0) return null;
  return (
    <div className="-mt-2 mb-3">
      <p className="text-sm text-muted">{t("continueWith")}</p>
      <ul className="mt-2 grid gap-2 sm:grid-cols-2">
        {items.slice(0, MAX_SHOWN).map((file) => {
          const seconds = file.track?.durationSeconds ?? null;
          return (
            <li key={file.id} className="flex min-w-0 items-center gap-1">
              <button
                type="button"
                aria-label={t("use", { name: isolate(file.name) })}
                onClick={() => onChoose(file)}
                className="flex min-w-0 grow items-center gap-3 rounded-2xl border border-line bg-ground/70 px-3.5 py-2.5 text-left transition-colors hover:border-ink hover:bg-raised"
              >
                <Music className="size-5 shrink-0 text-muted" aria-hidden="true" />
                <span className="min-w-0">
                  <span dir="auto" className="block truncate text-left text-sm font-semibold">
                    {file.track?.title ?? file.name}
                  </span>
                  <span className="tabular block truncate text-xs text-muted">
                    {[seconds === null ? null : formatDuration(seconds), size(file.bytes)]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                </span>
              </button>
              <button
                type="button"
                aria-label={t("delete", { name: isolate(file.name) })}
                onClick={() => void remove(file)}
                className="grid size-11 shrink-0 place-items-center rounded-full text-muted transition-colors hover:text-danger"
              >
                <Trash2 className="size-5" aria-hidden="true" />
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
