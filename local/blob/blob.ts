import { z } from "zod";
import { BlobApiError } from "./errors";

/** As long as the SDK lets a pathname be. */
const MAX_PATHNAME_LENGTH = 950;

export const accessSchema = z.enum(["public", "private"]);

/** What is known of a blob besides its bytes. */
export const blobSchema = z.object({
  pathname: z.string(),
  access: accessSchema,
  contentType: z.string(),
  contentDisposition: z.string(),
  cacheControl: z.string(),
  size: z.int().nonnegative(),
  /** ISO 8601 */
  uploadedAt: z.string(),
  /** With its quotation marks. */
  etag: z.string(),
});

export type Blob = z.infer<typeof blobSchema>;

/**
 * A pathname is a key and never a path of this machine (the store names its files by a hash), so this refuses what
 * would not come through a URL as it was sent.
 * @throws {BlobApiError} bad_request
 */
export function checkPathname(pathname: string | null): string {
  if (pathname === null || pathname === "") throw new BlobApiError("bad_request", "pathname is required");
  if (pathname.length > MAX_PATHNAME_LENGTH) throw new BlobApiError("bad_request", "pathname is too long");
  const segments = pathname.split("/");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const hasInvalidCharacters = /[\u0000-\u001f\u007f\\]|\p{Surrogate}/u.test(pathname);
  if (hasInvalidCharacters || segments.some((segment) => ["", ".", ".."].includes(segment))) {
    throw new BlobApiError("bad_request", "pathname has a part that no URL keeps");
  }
  return pathname;
}

/** What a browser would run is never shown, and the rest may be. */
const EXECUTABLE_TYPES =
  /^(text\/html|image\/svg|application\/(xhtml|xml)|text\/(xml|javascript)|application\/javascript)/i;

export function contentDisposition(pathname: string, contentType: string): string {
  const name = pathname.split("/").at(-1) ?? "";
  return `${EXECUTABLE_TYPES.test(contentType) ? "attachment" : "inline"}; filename="${encodeURIComponent(name)}"`;
}
