import { AppError } from "@/lib/core/errors";
import { detectType } from "@/lib/media/detect-type";
import { readImageDimensions } from "@/lib/media/image-dimensions";
import type { MediaType } from "@/lib/media/media-types";

/** The detected type of a file, or the code of the error that rejects it. */
export async function detectTypeOrError(bytes: Uint8Array, declared = ""): Promise<string> {
  try {
    return await detectType(bytes, declared);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** The dimensions of a picture, null for other files, or the message key of the error that rejects it. */
export function pictureSizeOrError(bytes: Uint8Array, type: MediaType) {
  try {
    return readImageDimensions(bytes, type);
  } catch (error) {
    if (error instanceof AppError) return error.messageKey;
    throw error;
  }
}
