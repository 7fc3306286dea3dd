import type { Cover } from "@/lib/schemas/track";
import type { SlotHandle } from "./use-form-uploads";

/** The cover that a dropzone has at the moment: the chosen file itself, or what was made of it; null: none. */
export function slotCover({ slot, state }: SlotHandle): Cover | null {
  if (state.phase === "failed" || state.phase === "empty") return null;
  const url = slot.previewUrl();
  // A browser takes a picture of any type and size for the only one there is.
  if (url !== null) {
    return { sources: [{ url, type: "image/webp", width: 1, height: 1 }], placeholder: null };
  }
  return state.phase === "stored" ? state.file.cover : null;
}

/** The id of the cover that was found in a dropzone's track. */
export function embeddedCoverOf({ state }: SlotHandle): string | null {
  return state.phase === "stored" ? (state.file.track?.embeddedCoverFileId ?? null) : null;
}
