import { AppError } from "@/lib/core/errors";
import { detectType } from "@/lib/media/detect-type";
import { readImageDimensions } from "@/lib/media/image-dimensions";
import type { MediaType } from "@/lib/media/media-types";

/** The type that a file is taken for, or the code of the error that refuses it. */
export async function detectTypeOrError(bytes: Uint8Array, declared = ""): Promise<string> {
  try {
    return await detectType(bytes, declared);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** How large a picture is, null for what is none, or the key of the message that refuses it. */
export function pictureSizeOrError(bytes: Uint8Array, type: MediaType) {
  try {
    return readImageDimensions(bytes, type);
  } catch (error) {
    if (error instanceof AppError) return error.messageKey;
    throw error;
  }
}
