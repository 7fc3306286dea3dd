"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useState } from "react";
import type { UploadedFile } from "@/lib/schemas/media-file";
import type { TrackView } from "@/lib/schemas/track";
import { processedFraction, processingStep } from "./processing-progress";
import { ReplaceTrack } from "./replace-track";
import { usePercent } from "./upload-progress";
import type { UploadSettings } from "./upload-settings";
import { UploadWave } from "./upload-wave";
import { useFailedText } from "./use-failed-text";
import { useFileStatus } from "./use-file-status";
import { isBeingProcessed } from "./use-upload-slot";

interface Props {
  postId: string;
  viewerId: string;
  fileId: string;
  /** As the page was rendered. */
  track: TrackView;
  uploadSettings: UploadSettings;
}

/**
 * What the author of a post sees instead of a player: how far the processing is, or why it failed and what to do. The
 * page is rendered again when the track is ready.
 */
export function ProcessingPanel({ postId, viewerId, fileId, track, uploadSettings }: Props) {
  const router = useRouter();
  const [file, setFile] = useState<UploadedFile | null>(null);
  const isSettled = file !== null && !isBeingProcessed(file);
  useFileStatus(isSettled ? null : { fileId, taskId: file?.taskId ?? null }, viewerId, setFile);
  useEffect(() => {
    if (isSettled) router.refresh();
  }, [isSettled, router]);
  const hasFailed = file
    ? file.status === "refused" || file.track?.status === "failed"
    : track.status === "failed";
  if (hasFailed) {
    return (
      <FailedPanel problem={file?.problem ?? track.problem}>
        {uploadSettings.takesSound ? (
          <ReplaceTrack postId={postId} viewerId={viewerId} uploadSettings={uploadSettings} />
        ) : null}
      </FailedPanel>
    );
  }
  return <ProgressPanel file={file} seed={postId} />;
}

function ProgressPanel({ file, seed }: { file: UploadedFile | null; seed: string }) {
  const t = useTranslations("uploads");
  const percent = usePercent();
  const fraction = file && processedFraction(file);
  const step = t(file ? processingStep(file) : "checking");
  return (
    <section
      aria-label={t("panel.title")}
      data-track="processing"
      className="mt-6 overflow-hidden rounded-3xl border border-line bg-sunken px-5 pt-5 pb-5 sm:px-7"
    >
      <UploadWave
        seed={seed}
        fraction={fraction ?? 1}
        motion={fraction === null ? "pulse" : "still"}
        className="h-16 sm:h-20"
      />
      <div className="mt-4 flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 className="display text-xl">{t("panel.title")}</h2>
        {fraction === null ? null : (
          <p
            role="progressbar"
            aria-label={step}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(fraction * 100)}
            className="display tabular text-2xl"
          >
            {percent(fraction)}
          </p>
        )}
      </div>
      <p className="mt-1 font-medium" role="status">
        {step}
      </p>
      <p className="mt-1 max-w-[56ch] text-sm text-muted">{t("panel.text")}</p>
    </section>
  );
}

function FailedPanel({ problem, children }: { problem: string | null; children: ReactNode }) {
  const t = useTranslations("uploads");
  const failedText = useFailedText("audio");
  return (
    <section
      aria-label={t("panel.failedTitle")}
      data-track="failed"
      className="mt-6 rounded-3xl border border-danger bg-sunken px-5 py-5 sm:px-7"
    >
      <h2 className="display text-xl">{t("panel.failedTitle")}</h2>
      <p role="alert" className="mt-2 max-w-[56ch] font-medium text-danger">
        {failedText({ problem: problem ?? "too_complex" })}
      </p>
      <p className="mt-1 max-w-[56ch] text-sm text-muted">{t("panel.failedText")}</p>
      <div className="mt-4">{children}</div>
    </section>
  );
}
