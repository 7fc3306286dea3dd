/** Vercel passes no body of more than 4.5 MB on to a function, and none back. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** What one person may have in the store. */
export const MAX_FILES_PER_USER = 200;
export const MAX_BYTES_PER_USER = 200 * 1024 * 1024;

export const MAX_NAME_LENGTH = 120;

/** A picture of a few kilobytes can say that it is enormous, and readers' browsers would believe it. */
export const MAX_IMAGE_SIDE = 16_384;
export const MAX_IMAGE_PIXELS = 64_000_000;
