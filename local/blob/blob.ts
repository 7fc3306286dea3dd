import { z } from "zod";
import { BlobApiError } from "./errors";

/** The SDK's limit. */
const MAX_PATHNAME_LENGTH = 950;

export const accessSchema = z.enum(["public", "private"]);

/** The metadata of a blob. */
export const blobSchema = z.object({
  pathname: z.string(),
  access: accessSchema,
  contentType: z.string(),
  contentDisposition: z.string(),
  cacheControl: z.string(),
  size: z.int().nonnegative(),
  /** ISO 8601 */
  uploadedAt: z.string(),
  /** Including the quotation marks. */
  etag: z.string(),
});

export type Blob = z.infer<typeof blobSchema>;

/**
 * Refuses a pathname that a URL would not preserve. It is a key, never a file path (the store names its files by a
 * hash).
 * @throws {BlobApiError} bad_request
 */
export function checkPathname(pathname: string | null): string {
  if (pathname === null || pathname === "") throw new BlobApiError("bad_request", "pathname is required");
  if (pathname.length > MAX_PATHNAME_LENGTH) throw new BlobApiError("bad_request", "pathname is too long");
  const segments = pathname.split("/");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
  const hasInvalidCharacters = /[\u0000-\u001f\u007f\\]|\p{Surrogate}/u.test(pathname);
  if (hasInvalidCharacters || segments.some((segment) => ["", ".", ".."].includes(segment))) {
    throw new BlobApiError("bad_request", "pathname has a part that no URL keeps");
  }
  return pathname;
}

/** Types that a browser would execute: always downloaded, never displayed. */
const EXECUTABLE_TYPES =
  /^(text\/html|image\/svg|application\/(xhtml|xml)|text\/(xml|javascript)|application\/javascript)/i;

export function contentDisposition(pathname: string, contentType: string): string {
  const name = pathname.split("/").at(-1) ?? "";
  return `${EXECUTABLE_TYPES.test(contentType) ? "attachment" : "inline"}; filename="${encodeURIComponent(name)}"`;
}
