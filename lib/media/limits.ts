/** Files and bytes that one user may have in the store. */
export const MAX_FILES_PER_USER = 200;
export const MAX_BYTES_PER_USER = 200 * 1024 * 1024;

export const MAX_NAME_LENGTH = 120;

/** An image of a few kilobytes can declare enormous dimensions, for which browsers would allocate the memory. */
export const MAX_IMAGE_SIDE = 16_384;
export const MAX_IMAGE_PIXELS = 64_000_000;
