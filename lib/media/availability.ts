import { env } from "../core/env";
import { AppError } from "../core/errors";
import { hasBlobStore, hasPublicStore } from "../storage";
import { isQueueAvailable } from "../tasks";

/** Whether this deployment can turn an uploaded sound into one that plays. */
export function isSoundAvailable(): boolean {
  return isQueueAvailable("audio-transcoding") && hasBlobStore() && hasPublicStore();
}

/** @throws {AppError} unavailable without a store; not_available when sound cannot be processed or served */
export function requireSoundAvailable(): void {
  if (!hasBlobStore()) throw new AppError("unavailable", { message: "files_not_configured" });
  if (!isSoundAvailable()) throw new AppError("not_available", { message: "sound_not_available" });
}

/** Share of the disk that an original may take: its longest rendition, in parts and joined, takes the rest. */
const MAX_ORIGINAL_SHARE = 0.6;

/** @throws {AppError} payload_too_large for a sound that does not fit on the disk of the machine that transcodes */
export function requireScratchSpace(bytes: number): void {
  const { MEDIA_SCRATCH_BYTES } = env();
  if (MEDIA_SCRATCH_BYTES !== undefined && bytes > MEDIA_SCRATCH_BYTES * MAX_ORIGINAL_SHARE)
    throw new AppError("payload_too_large", { message: "sound_too_large_here" });
}

/** Whether this deployment can turn an uploaded picture into covers that are seen. */
export function areCoversAvailable(): boolean {
  return hasBlobStore() && hasPublicStore();
}

/** @throws {AppError} unavailable without a store; not_available when covers cannot be served */
export function requireCoversAvailable(): void {
  if (!hasBlobStore()) throw new AppError("unavailable", { message: "files_not_configured" });
  if (!hasPublicStore()) throw new AppError("not_available", { message: "covers_not_available" });
}
