"use client";

import { Check, RotateCw, Trash2, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useId } from "react";
import { Button, buttonVariants } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { formatDuration } from "@/app/_ui/format-duration";
import { useFileDrop } from "@/app/_ui/use-file-drop";
import { useFileSize } from "@/app/_ui/use-file-size";
import { isolate } from "@/lib/schemas/isolate";
import type { UploadedFile } from "@/lib/schemas/media-file";
import { FileInput } from "./file-input";
import { PreviousUploads } from "./previous-uploads";
import { processedFraction, processingStep } from "./processing-progress";
import { sentFraction, usePercent, useSendingText } from "./upload-progress";
import type { Sending } from "./upload-slot";
import { UploadWave } from "./upload-wave";
import { useFailedText } from "./use-failed-text";
import type { SlotHandle } from "./use-form-uploads";
import { isBeingProcessed } from "./use-upload-slot";

interface Props {
  handle: SlotHandle;
  name: string;
  /** The form's error for the field. */
  error: string | undefined;
  optional?: boolean;
}

/** The dropzone of a track: choosing it, its way to the store, its processing, and what became of it. */
export function AudioField({ handle: { slot, state }, name, error, optional = false }: Props) {
  const t = useTranslations("uploads");
  const id = useId();
  const { isDragging, handlers } = useFileDrop(([file]) => {
    if (file) slot.choose(file);
  });
  const input = (
    <FileInput
      id={`${id}-file`}
      purpose="audio"
      name={name}
      label={t(state.phase === "empty" ? "chooseAudio" : "replaceAudio")}
      describedBy={error ? `${id}-error` : `${id}-limits`}
      isInvalid={error !== undefined || state.phase === "failed"}
      onFile={(file) => slot.choose(file)}
    />
  );
  const isActive = state.phase === "sending" || state.phase === "stored";
  return (
    <section aria-label={t("audio")} className="flex flex-col gap-1.5">
      <p className="flex items-baseline justify-between text-sm font-semibold">
        <span aria-hidden="true">{t("audio")}</span>
        {optional ? <span className="text-xs font-normal text-faint">{t("optional")}</span> : null}
      </p>
      <div
        {...handlers}
        data-phase={state.phase}
        className={cn(
          "relative isolate overflow-hidden rounded-3xl border bg-sunken transition-colors",
          error || state.phase === "failed" ? "border-danger" : "border-line-strong",
          isDragging && "border-mark bg-mark/10",
        )}
      >
        <UploadWave
          seed={seedOf(state)}
          fraction={fractionOf(state, isDragging)}
          motion={waveMotion(state, isDragging)}
          className={cn(
            "pointer-events-none -z-10 mx-5 sm:mx-7",
            isActive ? "mt-6 h-20 sm:h-28" : "mt-5 h-12 sm:h-20",
          )}
        />
        <div className="px-5 pt-4 pb-5 sm:px-7 sm:pb-6" aria-live="polite">
          {state.phase === "empty" ? <Empty input={input} isDragging={isDragging} id={id} /> : null}
          {state.phase === "restoring" ? <p className="text-muted">{t("restoring")}</p> : null}
          {state.phase === "sending" ? (
            <SendingTrack sending={state} onRetry={() => slot.retry()} onCancel={() => slot.clear()} />
          ) : null}
          {state.phase === "stored" ? (
            <StoredTrack file={state.file}>
              <FileActions id={id} input={input} onRemove={() => slot.clear()} />
            </StoredTrack>
          ) : null}
          {state.phase === "failed" ? (
            <FailedTrack state={state}>
              {slot.canRetry() ? (
                <Button size="small" onClick={() => slot.retry()}>
                  <RotateCw className="size-4" aria-hidden="true" />
                  {t("uploadAgain")}
                </Button>
              ) : null}
              <FileActions id={id} input={input} onRemove={() => slot.clear()} />
            </FailedTrack>
          ) : null}
        </div>
      </div>
      <div className="min-h-5 text-xs">
        {error ? (
          <p id={`${id}-error`} className="animate-settle font-medium text-danger">
            {error}
          </p>
        ) : null}
      </div>
      {state.phase === "empty" ? <PreviousUploads onChoose={(file) => slot.adopt(file)} /> : null}
    </section>
  );
}

type State = SlotHandle["state"];

function seedOf(state: State): string {
  if (state.phase === "stored") return state.file.name;
  return "name" in state ? state.name : "silence";
}

function fractionOf(state: State, isDragging: boolean): number {
  if (state.phase === "sending") return sentFraction(state);
  if (state.phase === "stored")
    return isBeingProcessed(state.file) ? (processedFraction(state.file) ?? 1) : 1;
  return isDragging ? 1 : 0;
}

function waveMotion(state: State, isDragging: boolean) {
  if (state.phase === "sending") return "still";
  if (state.phase === "stored") {
    return isBeingProcessed(state.file) && processedFraction(state.file) === null ? "pulse" : "still";
  }
  return isDragging ? "still" : "flat";
}

function Empty({ input, isDragging, id }: { input: ReactNode; isDragging: boolean; id: string }) {
  const t = useTranslations("uploads");
  return (
    // The stretched label makes the whole zone a button.
    <label
      htmlFor={`${id}-file`}
      className="group/zone flex cursor-pointer flex-wrap items-center justify-between gap-x-6 gap-y-4 before:absolute before:inset-0 before:rounded-3xl has-focus-visible:before:outline-2 has-focus-visible:before:-outline-offset-4 has-focus-visible:before:outline-focus"
    >
      {input}
      <span className="min-w-0" aria-hidden="true">
        <span className="display block text-[clamp(1.25rem,4vw,1.75rem)]">
          {isDragging ? (
            t("letGo")
          ) : (
            <>
              <span className="max-sm:hidden pointer-coarse:hidden">{t("dropAudio")}</span>
              <span className="sm:pointer-fine:hidden">{t("addAudio")}</span>
            </>
          )}
        </span>
        <span id={`${id}-limits`} className="mt-2 block text-sm text-muted">
          {t("audioLimits")}
        </span>
      </span>
      <span
        aria-hidden="true"
        className={cn(
          buttonVariants({ look: "quiet" }),
          "group-hover/zone:border-ink group-hover/zone:bg-raised",
        )}
      >
        {t("choose")}
      </span>
    </label>
  );
}

interface SendingProps {
  sending: Sending;
  onRetry: () => void;
  onCancel: () => void;
}

function SendingTrack({ sending, onRetry, onCancel }: SendingProps) {
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

function StoredTrack({ file, children }: { file: UploadedFile; children: ReactNode }) {
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

function FailedTrack({
  state,
  children,
}: {
  state: Extract<State, { phase: "failed" }>;
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

function FileName({ name }: { name: string }) {
  return (
    <p dir="auto" className="truncate text-left font-semibold">
      {name}
    </p>
  );
}

/** Choosing another file, and removing the current one. */
function FileActions({ id, input, onRemove }: { id: string; input: ReactNode; onRemove: () => void }) {
  const t = useTranslations("uploads");
  return (
    <>
      <label
        htmlFor={`${id}-file`}
        className={cn(
          buttonVariants({ look: "quiet", size: "small" }),
          "cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-offset-3 has-focus-visible:outline-focus",
        )}
      >
        {input}
        <span aria-hidden="true">{t("replace")}</span>
      </label>
      <Button look="plain" size="small" onClick={onRemove}>
        <Trash2 className="size-4" aria-hidden="true" />
        {t("remove")}
      </Button>
    </>
  );
}
