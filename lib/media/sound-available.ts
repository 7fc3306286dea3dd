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

/** Whether this deployment can turn an uploaded picture into covers that are seen. */
export function areCoversAvailable(): boolean {
  return hasBlobStore() && hasPublicStore();
}

/** @throws {AppError} unavailable without a store; not_available when covers cannot be served */
export function requireCoversAvailable(): void {
  if (!hasBlobStore()) throw new AppError("unavailable", { message: "files_not_configured" });
  if (!hasPublicStore()) throw new AppError("not_available", { message: "covers_not_available" });
}
