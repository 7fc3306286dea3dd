"use client";

import { FileText, Music, RotateCw, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useFileSize } from "@/app/_ui/use-file-size";
import { isolate } from "@/lib/schemas/isolate";
import { MAX_ATTACHMENTS } from "@/lib/schemas/limits";
import type { FileUpload, FileUploads } from "./use-file-uploads";

/** The files of the message being written, with their upload progress. */
export function AttachmentTray({ uploads }: { uploads: FileUploads }) {
  const t = useTranslations("chat");
  const { items, tooMany } = uploads;
  if (items.length === 0 && !tooMany) return null;
  return (
    <div className="mb-2">
      <ul aria-label={t("chosen")} className="flex flex-wrap gap-2">
        {items.map((item) => (
          <li key={item.key}>
            <UploadItem item={item} uploads={uploads} />
          </li>
        ))}
      </ul>
      {tooMany ? (
        <p role="alert" className="mt-1.5 text-xs text-danger">
          {t("tooManyFiles", { count: MAX_ATTACHMENTS })}
        </p>
      ) : null}
    </div>
  );
}

function UploadItem({ item, uploads }: { item: FileUpload; uploads: FileUploads }) {
  const t = useTranslations("chat");
  const size = useFileSize();
  const { file, preview, progress, uploaded, failure } = item;
  const name = isolate(file.name);
  const Icon = file.type.startsWith("audio/") ? Music : FileText;
  return (
    <div className="flex w-60 max-w-full items-center gap-2.5 rounded-xl bg-ink/6 p-1.5 pr-1">
      {preview ? (
        // biome-ignore lint/performance/noImgElement: an object URL, valid on this page only
        <img src={preview} alt="" className="size-11 shrink-0 rounded-lg object-cover" />
      ) : (
        <span className="flex size-11 shrink-0 items-center justify-center rounded-lg bg-ink/8">
          <Icon className="size-5 text-muted" aria-hidden="true" />
        </span>
      )}
      <div className="min-w-0 grow text-xs">
        <p className="truncate font-medium">{name}</p>
        {failure ? (
          <p role="alert" className="text-danger [overflow-wrap:anywhere]">
            {failure.message ?? t("notUploaded")}
          </p>
        ) : uploaded ? (
          <p className="tabular text-muted">{size(file.size)}</p>
        ) : (
          <progress
            value={progress}
            max={1}
            aria-label={t("uploading", { name })}
            className="block h-1.5 w-full appearance-none overflow-hidden rounded-full [&::-moz-progress-bar]:bg-mark [&::-webkit-progress-bar]:bg-ink/12 [&::-webkit-progress-value]:bg-mark"
          />
        )}
      </div>
      {failure && failure.code !== "payload_too_large" ? (
        <button
          type="button"
          aria-label={t("uploadAgain", { name })}
          onClick={() => uploads.retry(item)}
          className="inline-flex size-9 shrink-0 items-center justify-center rounded-full hover:bg-ink/8"
        >
          <RotateCw className="size-4" aria-hidden="true" />
        </button>
      ) : null}
      <button
        type="button"
        aria-label={t("removeFile", { name })}
        onClick={() => uploads.remove(item)}
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-full text-muted hover:bg-ink/8 hover:text-ink"
      >
        <X className="size-4" aria-hidden="true" />
      </button>
    </div>
  );
}
