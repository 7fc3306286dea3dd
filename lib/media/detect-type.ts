import { fileTypeFromBuffer } from "file-type";
import { AppError } from "../core/errors";
import { isMediaType, type MediaType } from "./media-types";
import { isMp4Sound } from "./mp4-sound";

const UNSUPPORTED_MPEG_TYPE = "audio/x-mpeg-layer-1-or-2";

/** Types of file-type that are served under another name. */
const CANONICAL_TYPES: Readonly<Record<string, MediaType>> = {
  "image/apng": "image/png",
  "audio/x-m4a": "audio/mp4",
  "audio/ogg; codecs=opus": "audio/ogg",
};

/** Declared types that a browser would execute. */
const MARKUP_TYPES = /html|svg|xml|javascript|ecmascript/i;

/**
 * Detects a file's type from its first bytes. The declared type is not trusted; it can only cause a text to be refused.
 *
 * @throws {AppError} unsupported_media_type
 */
export async function detectType(bytes: Uint8Array, declaredType: string): Promise<MediaType> {
  const found = await sniffType(bytes);
  const type = found && (isMp4Sound(bytes, found) ? "audio/mp4" : (CANONICAL_TYPES[found] ?? found));
  if (type !== undefined) {
    if (isMediaType(type)) return type;
  } else if (!MARKUP_TYPES.test(declaredType) && isPlainText(bytes)) return "text/plain";
  throw new AppError("unsupported_media_type", { message: "file_type_refused" });
}

/** @returns undefined when the type is unknown, or the bytes end in the middle of it */
async function sniffType(bytes: Uint8Array): Promise<string | undefined> {
  try {
    const found = await fileTypeFromBuffer(bytes);
    // Two bytes identify these types, and texts in UTF-16 match them too. They are refused, as they are obsolete.
    return found && ["mp1", "mp2"].includes(found.ext) ? UNSUPPORTED_MPEG_TYPE : found?.mime;
  } catch {
    return undefined;
  }
}

/**
 * Whether the bytes are readable UTF-8: no control characters except white space, and no start of markup, behind white
 * space, that a browser's content sniffing would take for HTML, SVG or XML.
 */
function isPlainText(bytes: Uint8Array): boolean {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return false;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters on purpose
  return !/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/.test(text) && !/^\s*<[a-z!?/]/i.test(text);
}
