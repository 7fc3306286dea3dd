import { MAX_AUDIO_BYTES, MAX_COVER_BYTES } from "@/lib/schemas/limits";
import { loadBlobClient } from "./transfer/blob-client";
import { BlobTransfer } from "./transfer/blob-transfer";
import { UploadSlot } from "./upload-slot";
import { confirmUpload, deleteUpload, requestUpload, type UploadPurpose } from "./uploads-api";

const MAX_BYTES = { audio: MAX_AUDIO_BYTES, cover: MAX_COVER_BYTES } satisfies Record<UploadPurpose, number>;

/** The slots of this tab, by user, form and purpose. */
const slots = new Map<string, UploadSlot>();
const sending = new Set<UploadSlot>();

/**
 * The slot of one dropzone; the same one each time the form is opened.
 *
 * @param form  of which the file is a part, such as `post`
 * @param apiUrl  of a store's emulator; null for the store itself
 */
export function uploadSlot(
  form: string,
  purpose: UploadPurpose,
  { viewerId, apiUrl }: { viewerId: string; apiUrl: string | null },
): UploadSlot {
  const key = `${viewerId}:${form}:${purpose}`;
  const existing = slots.get(key);
  if (existing) return existing;
  const slot = createSlot(purpose, apiUrl);
  // The server renders a form once, and must keep nothing of it.
  if (typeof window === "undefined") return slot;
  slot.subscribe(() => warnBeforeLeaving(slot));
  slots.set(key, slot);
  return slot;
}

function createSlot(purpose: UploadPurpose, apiUrl: string | null): UploadSlot {
  return new UploadSlot({
    check: ({ size }) => (size === 0 ? "damaged" : size > MAX_BYTES[purpose] ? "too_large" : null),
    requestUpload: (file, key, signal) => requestUpload(purpose, file, key, signal),
    createTransfer: (file, destination) => new BlobTransfer(file, destination, () => loadBlobClient(apiUrl)),
    confirmUpload,
    discard: (fileId) => void deleteUpload(fileId),
  });
}

/** Closing or reloading the document ends an upload, so the browser asks first. Other pages of the site do not. */
function warnBeforeLeaving(slot: UploadSlot): void {
  if (slot.state().phase === "sending") sending.add(slot);
  else sending.delete(slot);
  if (sending.size > 0) addEventListener("beforeunload", preventUnload);
  else removeEventListener("beforeunload", preventUnload);
}

function preventUnload(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
