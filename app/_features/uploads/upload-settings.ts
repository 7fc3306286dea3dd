import { env } from "@/lib/core/env";
import { areCoversAvailable, isSoundAvailable } from "@/lib/media";

/** What a page must know to offer uploads. */
export interface UploadSettings {
  /** Of the blob store's API, for an emulator; null: the SDK's own. */
  apiUrl: string | null;
  /** Whether this deployment can process and serve sound, and covers. */
  takesSound: boolean;
  takesCovers: boolean;
}

export function getUploadSettings(): UploadSettings {
  return {
    apiUrl: env().VERCEL_BLOB_API_URL ?? null,
    takesSound: isSoundAvailable(),
    takesCovers: areCoversAvailable(),
  };
}
