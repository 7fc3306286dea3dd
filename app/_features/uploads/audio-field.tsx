"use client";

import { RotateCw, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useId } from "react";
import { Button, buttonVariants } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { useFileDrop } from "@/app/_ui/use-file-drop";
import { FileInput } from "./file-input";
import { PreviousUploads } from "./previous-uploads";
import { processedFraction } from "./processing-progress";
import { FailedTrack, SendingTrack, StoredTrack } from "./track-states";
import { UploadFrame } from "./upload-frame";
import { sentFraction } from "./upload-progress";
import { UploadWave } from "./upload-wave";
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
      <UploadFrame
        label={t("audio")}
        optional={optional}
        phase={state.phase}
        error={error}
        errorId={`${id}-error`}
        isDragging={isDragging}
        dropHandlers={handlers}
        className="relative isolate overflow-hidden bg-sunken"
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
      </UploadFrame>
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
