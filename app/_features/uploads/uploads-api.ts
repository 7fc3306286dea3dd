import type { z } from "zod";
import { callApi } from "@/app/_data/call-api";
import type { UploadedFile, UploadPage, uploadTokenSchema } from "@/lib/schemas/media-file";

/** What one dropzone takes. */
export type UploadPurpose = "audio" | "cover";

/** @param key  of the upload: with the same one it is the same file, with a new token */
export function requestUpload(
  purpose: UploadPurpose,
  { name, size }: File,
  key: string,
  signal: AbortSignal,
) {
  return callApi<z.infer<typeof uploadTokenSchema>>("/api/media/upload", {
    method: "POST",
    body: { purpose, name: name.replace(/\p{Surrogate}/gu, "\ufffd").slice(-500), bytes: size },
    signal,
    idempotencyKey: key,
  });
}

/** Reports that the bytes are in the store. Safe to repeat. */
export function confirmUpload(fileId: string, signal: AbortSignal) {
  return callApi<{ file: UploadedFile }>(`/api/media/${fileId}/uploaded`, { method: "POST", signal });
}

export function fetchUpload(fileId: string, signal: AbortSignal) {
  return callApi<{ file: UploadedFile }>(`/api/media/${fileId}/status`, { signal });
}

/** Deletes an upload that nothing uses. */
export function deleteUpload(fileId: string) {
  return callApi(`/api/media/${fileId}`, { method: "DELETE" });
}

/** The viewer's own ready uploads that no post and no product uses, newest first. */
export function fetchUnusedUploads(purpose: UploadPurpose, signal: AbortSignal) {
  return callApi<UploadPage>(`/api/media/uploads?purpose=${purpose}&unused=true`, { signal });
}
