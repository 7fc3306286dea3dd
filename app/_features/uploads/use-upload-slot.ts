"use client";

import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { UploadedFile } from "@/lib/schemas/media-file";
import type { SlotState, UploadSlot } from "./upload-slot";
import { useFileStatus } from "./use-file-status";

const EMPTY: SlotState = { phase: "empty" };

/** Whether the server still works on the file. */
export function isBeingProcessed({ status, track }: UploadedFile): boolean {
  return status === "uploading" || status === "processing" || track?.status === "processing";
}

/**
 * The state of a dropzone's slot, followed until its file is ready.
 *
 * @param onFileId  called when the file that the form sends changes; null: none
 */
export function useUploadSlot(
  slot: UploadSlot,
  viewerId: string,
  onFileId: (fileId: string | null) => void,
): SlotState {
  const state = useSyncExternalStore(slot.subscribe, slot.state, () => EMPTY);
  const report = useEffectEvent(onFileId);
  useEffect(() => {
    let reported: string | null = null;
    const sync = () => {
      const fileId = slot.fileId();
      if (fileId === reported) return;
      reported = fileId;
      report(fileId);
    };
    sync();
    return slot.subscribe(sync);
  }, [slot]);
  useFileStatus(targetOf(state), viewerId, (file, fileId) => {
    if (file) slot.update(file);
    else slot.remove(fileId);
  });
  return state;
}

function targetOf(state: SlotState) {
  if (state.phase === "restoring") return { fileId: state.fileId, taskId: null };
  if (state.phase !== "stored" || !isBeingProcessed(state.file)) return null;
  return { fileId: state.file.id, taskId: state.file.taskId };
}
