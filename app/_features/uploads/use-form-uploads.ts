"use client";

import { type FormEvent, useEffect, useEffectEvent, useState } from "react";
import type { SlotState, UploadSlot } from "./upload-slot";
import { uploadSlot } from "./upload-slots";
import type { UploadPurpose } from "./uploads-api";
import { useUploadSlot } from "./use-upload-slot";

/** The names of the form's fields, which are those of the API. */
const FIELDS = { audio: "audioFileId", cover: "coverFileId" } as const satisfies Record<
  UploadPurpose,
  string
>;
export type FileField = (typeof FIELDS)[UploadPurpose];

/** What a dropzone shows and does. */
export interface SlotHandle {
  slot: UploadSlot;
  state: SlotState;
  viewerId: string;
}

interface Options {
  viewerId: string;
  /** Of the store's API, for an emulator; null for the store itself. */
  apiUrl: string | null;
  onFileId: (field: FileField, fileId: string) => void;
}

/** The sound and the cover of a form. Their ids are values of the form, so that its draft keeps them. */
export function useFormUploads(form: string, { viewerId, apiUrl, onFileId }: Options) {
  const owner = { viewerId, apiUrl };
  const audioSlot = uploadSlot(form, "audio", owner);
  const coverSlot = uploadSlot(form, "cover", owner);
  const audio: SlotHandle = {
    slot: audioSlot,
    viewerId,
    state: useUploadSlot(audioSlot, viewerId, (id) => onFileId(FIELDS.audio, id ?? "")),
  };
  const cover: SlotHandle = {
    slot: coverSlot,
    viewerId,
    state: useUploadSlot(coverSlot, viewerId, (id) => onFileId(FIELDS.cover, id ?? "")),
  };
  return {
    audio,
    cover,
    /** The draft with the files that are there already, or else its own. */
    restore: <Draft extends Record<FileField, string>>(draft: Draft): Draft => {
      if (draft.audioFileId) audioSlot.restore(draft.audioFileId);
      if (draft.coverFileId) coverSlot.restore(draft.coverFileId);
      return { ...draft, audioFileId: audioSlot.fileId() ?? "", coverFileId: coverSlot.fileId() ?? "" };
    },
    clear: () => {
      audioSlot.clear();
      coverSlot.clear();
    },
  };
}

interface SubmitOptions<Field extends string> {
  onSubmit: (event: FormEvent) => void;
  form: { current: HTMLFormElement | null };
  /** The slots that the form sends. */
  handles: Partial<Record<Field, SlotHandle>>;
  /** The form's values, which learn of a file a moment after its slot. */
  values: Readonly<Record<Field, string>>;
  /** Validates all other fields, and focuses the first invalid one. */
  check: (except: Field[]) => boolean;
}

/**
 * Submitting while a file is on its way is done when it has arrived. A file that cannot be used is put right or removed
 * first: the form would otherwise be sent without it.
 */
export function useSubmitAfterUploads<Field extends string>({
  onSubmit,
  form,
  handles,
  values,
  check,
}: SubmitOptions<Field>) {
  const [isHeld, setIsHeld] = useState(false);
  const files = (Object.entries(handles) as [Field, SlotHandle][]).map(([field, { slot, state }]) => ({
    ...{ field, phase: state.phase },
    isKnown: (slot.fileId() ?? "") === values[field],
  }));
  const isPending = files.some(({ phase, isKnown }) => phase === "sending" || !isKnown);
  const failed = files.find(({ phase }) => phase === "failed");
  const hasFailed = failed !== undefined;
  const submit = useEffectEvent(() => form.current?.requestSubmit());
  useEffect(() => {
    if (!isHeld || isPending) return;
    setIsHeld(false);
    if (!hasFailed) submit();
  }, [isHeld, isPending, hasFailed]);
  return {
    isHeld,
    release: () => setIsHeld(false),
    onSubmit: (event: FormEvent) => {
      if (!isPending && !failed) return onSubmit(event);
      event.preventDefault();
      if (failed) {
        const control = form.current?.elements.namedItem(failed.field);
        if (control instanceof HTMLElement) control.focus();
        return;
      }
      if (check(files.map(({ field }) => field))) setIsHeld(true);
    },
  };
}
