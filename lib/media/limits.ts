/** Vercel passes no body of more than 4.5 MB on to a function, and none back. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** What one person may have in the store. */
export const MAX_FILES = 200;
export const MAX_FILES_BYTES = 200 * 1024 * 1024;

export const MAX_NAME_LENGTH = 120;

/** A picture of a few kilobytes can say that it is enormous, and readers' browsers would believe it. */
export const MAX_PICTURE_SIDE = 16_384;
export const MAX_PICTURE_PIXELS = 64_000_000;
