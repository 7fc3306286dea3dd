"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { CoverImage } from "@/app/_art/cover-image";
import { Button } from "@/app/_ui/button";
import type { UploadedFile } from "@/lib/schemas/media-file";
import { useFileStatus } from "./use-file-status";
import { isBeingProcessed } from "./use-upload-slot";

interface Props {
  fileId: string;
  viewerId: string;
  onChoose: (file: UploadedFile) => void;
}

/** Offers the cover that was found in the track. Shows nothing until it is ready, or if it cannot be used. */
export function EmbeddedCoverOffer({ fileId, viewerId, onChoose }: Props) {
  const t = useTranslations("uploads");
  const [file, setFile] = useState<UploadedFile | null>(null);
  const isSettled = file !== null && !isBeingProcessed(file);
  useFileStatus(isSettled ? null : { fileId, taskId: file?.taskId ?? null }, viewerId, setFile);
  if (file?.status !== "ready" || file.cover === null) return null;
  return (
    <div className="mt-3 flex animate-settle items-center gap-3 rounded-2xl bg-ink/6 p-2">
      <span className="size-12 shrink-0 overflow-hidden rounded-lg">
        <CoverImage id={fileId} cover={file.cover} sizes="3rem" />
      </span>
      <p className="min-w-0 grow text-sm">{t("embeddedCover")}</p>
      <Button size="small" look="quiet" onClick={() => onChoose(file)}>
        {t("useEmbeddedCover")}
      </Button>
    </div>
  );
}
