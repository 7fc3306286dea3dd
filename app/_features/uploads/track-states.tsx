"use client";

import { Check, RotateCw, X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { formatDuration } from "@/app/_ui/format-duration";
import { useFileSize } from "@/app/_ui/use-file-size";
import { isolate } from "@/lib/schemas/isolate";
import type { UploadedFile } from "@/lib/schemas/media-file";
import { FileName } from "./file-name";
import { processedFraction, processingStep } from "./processing-progress";
import { sentFraction, usePercent, useSendingText } from "./upload-progress";
import type { Sending } from "./upload-slot";
import { useFailedText } from "./use-failed-text";
import type { SlotHandle } from "./use-form-uploads";
import { isBeingProcessed } from "./use-upload-slot";

interface SendingProps {
  sending: Sending;
  onRetry: () => void;
  onCancel: () => void;
}

/** A track on its way to the store. */
export function SendingTrack({ sending, onRetry, onCancel }: SendingProps) {
  const t = useTranslations("uploads");
  const text = useSendingText();
  const percent = usePercent();
  const fraction = sentFraction(sending);
  const isInterrupted = sending.retryAt !== null;
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <FileName name={sending.name} />
          <p
            role="progressbar"
            aria-label={t("uploading", { name: isolate(sending.name) })}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(fraction * 100)}
            aria-live="off"
            className={cn(
              "display tabular mt-1 text-[clamp(2.5rem,9vw,4rem)]",
              isInterrupted && "text-muted",
            )}
          >
            {percent(fraction)}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {isInterrupted ? (
            <Button size="small" onClick={onRetry}>
              <RotateCw className="size-4" aria-hidden="true" />
              {t("tryNow")}
            </Button>
          ) : null}
          <Button look="quiet" size="small" onClick={onCancel}>
            <X className="size-4" aria-hidden="true" />
            {t("cancel")}
          </Button>
        </div>
      </div>
      <p
        className={cn("tabular mt-1 text-sm", isInterrupted ? "font-medium text-money" : "text-muted")}
        aria-live={isInterrupted ? "polite" : "off"}
      >
        {text(sending)}
      </p>
      <p className="mt-3 text-sm text-faint">{t("keepTabOpen")}</p>
    </>
  );
}

/** A track in the store: being processed, or ready. */
export function StoredTrack({ file, children }: { file: UploadedFile; children: ReactNode }) {
  const t = useTranslations("uploads");
  const size = useFileSize();
  const percent = usePercent();
  const isProcessing = isBeingProcessed(file);
  const fraction = processedFraction(file);
  const seconds = file.track?.durationSeconds ?? null;
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <FileName name={file.name} />
          <p className="tabular mt-1 text-sm text-muted">
            {[size(file.bytes), seconds === null ? null : formatDuration(seconds)]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">{children}</div>
      </div>
      {isProcessing ? (
        <>
          <p className="mt-3 font-medium">
            {t(processingStep(file))}
            {fraction === null ? null : (
              <span
                role="progressbar"
                aria-label={t(processingStep(file))}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={Math.floor(fraction * 100)}
                aria-live="off"
                className="tabular ml-2 text-muted"
              >
                {percent(fraction)}
              </span>
            )}
          </p>
          <p className="mt-1 text-sm text-muted">{t("publishAnyway")}</p>
        </>
      ) : (
        <p className="mt-3 flex items-center gap-2 font-medium">
          <span className="inline-flex size-6 items-center justify-center rounded-full bg-accent text-on-accent">
            <Check className="size-4" strokeWidth={3} aria-hidden="true" />
          </span>
          {t("ready")}
        </p>
      )}
    </>
  );
}

/** A track that was not sent, or was refused, and why. */
export function FailedTrack({
  state,
  children,
}: {
  state: Extract<SlotHandle["state"], { phase: "failed" }>;
  children: ReactNode;
}) {
  const failedText = useFailedText("audio");
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
      <div className="min-w-0 basis-72 grow">
        <FileName name={state.name} />
        <p role="alert" className="mt-2 max-w-[52ch] font-medium text-danger">
          {failedText(state)}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  );
}
