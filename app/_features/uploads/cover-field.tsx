"use client";

import { ImagePlus, RotateCw, Trash2, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useId } from "react";
import { CoverImage } from "@/app/_art/cover-image";
import { DrawnCover } from "@/app/_art/drawn-cover";
import { Button, buttonVariants } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { useFileDrop } from "@/app/_ui/use-file-drop";
import { isolate } from "@/lib/schemas/isolate";
import type { Cover } from "@/lib/schemas/track";
import { slotCover } from "./cover-source";
import { EmbeddedCoverOffer } from "./embedded-cover-offer";
import { FileInput } from "./file-input";
import { FileName } from "./file-name";
import { UploadFrame } from "./upload-frame";
import { sentFraction, usePercent, useSendingText } from "./upload-progress";
import { useFailedText } from "./use-failed-text";
import type { SlotHandle } from "./use-form-uploads";
import { isBeingProcessed } from "./use-upload-slot";

/** The keys of the texts, by what the picture is of. */
const TEXTS = {
  cover: {
    label: "cover",
    choose: "chooseCover",
    replace: "replaceCover",
    drop: "dropCover",
    limits: "coverLimits",
    resizing: "resizing",
    ready: "coverReady",
    remove: "removeCover",
  },
  picture: {
    label: "picture",
    choose: "choosePicture",
    replace: "replacePicture",
    drop: "dropPicture",
    limits: "pictureLimits",
    resizing: "resizingPicture",
    ready: "pictureReady",
    remove: "removePicture",
  },
} as const;

type CoverTexts = (typeof TEXTS)[keyof typeof TEXTS];

interface Props {
  /** A person's picture is round. */
  of?: keyof typeof TEXTS;
  handle: SlotHandle;
  name: string;
  error: string | undefined;
  /** The drawing that stands where no cover is chosen. */
  artId: string;
  /** A cover that was found in the track; null: none. */
  embeddedCoverFileId?: string | null;
  /** What is there already and stays unless another one is chosen, and how it is taken off. */
  current?: { cover: Cover; onRemove: () => void } | null;
}

/** The dropzone of a cover, with what is on stage without one. */
export function CoverField({
  of = "cover",
  handle,
  name,
  error,
  artId,
  embeddedCoverFileId = null,
  current = null,
}: Props) {
  const t = useTranslations("uploads");
  const texts = TEXTS[of];
  const id = useId();
  const { slot, state, viewerId } = handle;
  const { isDragging, handlers } = useFileDrop(([file]) => {
    if (file) slot.choose(file);
  });
  const shown = slotCover(handle) ?? current?.cover ?? null;
  const isSending = state.phase === "sending";
  return (
    <section aria-label={t(texts.label)} className="flex flex-col gap-1.5">
      <UploadFrame
        label={t(texts.label)}
        optional
        phase={state.phase}
        error={error}
        errorId={`${id}-error`}
        isDragging={isDragging}
        dropHandlers={handlers}
        className="flex items-center gap-4 p-3 sm:gap-5"
      >
        <label
          htmlFor={`${id}-file`}
          className={cn(
            "group/cover relative size-24 shrink-0 cursor-pointer overflow-hidden has-focus-visible:outline-2 has-focus-visible:outline-offset-3 has-focus-visible:outline-focus sm:size-32",
            of === "picture" ? "rounded-full" : "rounded-2xl",
          )}
        >
          <FileInput
            id={`${id}-file`}
            purpose="cover"
            name={name}
            label={t(state.phase === "empty" && current === null ? texts.choose : texts.replace)}
            describedBy={error ? `${id}-error` : `${id}-about`}
            isInvalid={error !== undefined || state.phase === "failed"}
            onFile={(file) => slot.choose(file)}
          />
          <CoverImage
            key={shown?.sources[0]?.url}
            id={artId}
            cover={shown}
            sizes="8rem"
            Generated={DrawnCover}
          />
          <span
            aria-hidden="true"
            className={cn(
              "absolute inset-0 flex items-center justify-center text-white transition-colors",
              shown === null ? "bg-black/35 group-hover/cover:bg-black/55" : "opacity-0",
            )}
          >
            <ImagePlus className="size-8" />
          </span>
          {isSending ? (
            <span
              aria-hidden="true"
              className="absolute inset-x-0 bottom-0 bg-ground/70"
              style={{ height: `${String(100 - sentFraction(state) * 100)}%` }}
            />
          ) : null}
        </label>
        <div id={`${id}-about`} className="min-w-0 grow" aria-live="polite">
          <CoverStatus handle={handle} texts={texts} />
          {state.phase === "empty" && current !== null ? (
            <Actions>
              <RemoveButton label={t(texts.remove)} onClick={current.onRemove} />
            </Actions>
          ) : null}
          {state.phase === "empty" && embeddedCoverFileId !== null ? (
            <EmbeddedCoverOffer
              key={embeddedCoverFileId}
              fileId={embeddedCoverFileId}
              viewerId={viewerId}
              onChoose={(file) => slot.adopt(file)}
            />
          ) : null}
        </div>
      </UploadFrame>
    </section>
  );
}

function CoverStatus({ handle: { slot, state }, texts }: { handle: SlotHandle; texts: CoverTexts }) {
  const t = useTranslations("uploads");
  const failedText = useFailedText("cover");
  const sendingText = useSendingText();
  const percent = usePercent();
  switch (state.phase) {
    case "empty":
      return (
        <>
          <p className="font-semibold">{t(texts.drop)}</p>
          <p className="mt-1 text-sm text-muted">{t(texts.limits)}</p>
        </>
      );
    case "restoring":
      return <p className="text-muted">{t("restoring")}</p>;
    case "sending":
      return (
        <>
          <FileName name={state.name} />
          <p
            className="tabular mt-1 text-sm text-muted"
            aria-live={state.retryAt === null ? "off" : "polite"}
          >
            <span
              role="progressbar"
              aria-label={t("uploading", { name: isolate(state.name) })}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.floor(sentFraction(state) * 100)}
              className="mr-2 font-semibold text-ink"
            >
              {percent(sentFraction(state))}
            </span>
            {sendingText(state)}
          </p>
          <Actions>
            {state.retryAt === null ? null : (
              <Button size="small" onClick={() => slot.retry()}>
                {t("tryNow")}
              </Button>
            )}
            <Button look="plain" size="small" onClick={() => slot.clear()}>
              <X className="size-4" aria-hidden="true" />
              {t("cancel")}
            </Button>
          </Actions>
        </>
      );
    case "stored":
      return (
        <>
          <FileName name={state.file.name} />
          <p className="mt-1 text-sm text-muted">
            {t(isBeingProcessed(state.file) ? texts.resizing : texts.ready)}
          </p>
          <Actions>
            <RemoveButton label={t(texts.remove)} onClick={() => slot.clear()} />
          </Actions>
        </>
      );
    case "failed":
      return (
        <>
          <FileName name={state.name} />
          <p role="alert" className="mt-1 text-sm font-medium text-danger">
            {failedText(state)}
          </p>
          <Actions>
            {slot.canRetry() ? (
              <Button size="small" onClick={() => slot.retry()}>
                <RotateCw className="size-4" aria-hidden="true" />
                {t("uploadAgain")}
              </Button>
            ) : null}
            <RemoveButton label={t(texts.remove)} onClick={() => slot.clear()} />
          </Actions>
        </>
      );
  }
}

function Actions({ children }: { children: ReactNode }) {
  return <div className="mt-2 flex flex-wrap gap-2">{children}</div>;
}

function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={cn(buttonVariants({ look: "plain", size: "small" }), "-ml-4")}
    >
      <Trash2 className="size-4" aria-hidden="true" />
      {label}
    </button>
  );
}
