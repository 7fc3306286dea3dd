import { fileTypeFromBuffer } from "file-type";
import { AppError } from "../core/errors";
import { isMediaType, type MediaType } from "./media-types";

const UNSUPPORTED_MPEG_TYPE = "audio/x-mpeg-layer-1-or-2";

/** Names that file-type has for what is served under another one. */
const CANONICAL_TYPES: Readonly<Record<string, MediaType>> = {
  "image/apng": "image/png",
  "audio/x-m4a": "audio/mp4",
  "audio/ogg; codecs=opus": "audio/ogg",
};

/** What a caller who says so means to be run by a browser. */
const MARKUP_TYPES = /html|svg|xml|javascript|ecmascript/i;

/**
 * What the first bytes say that a file is. Nobody's word counts: what the caller calls it can only be one reason more to
 * refuse a text.
 *
 * @throws {AppError} unsupported_media_type
 */
export async function detectType(bytes: Uint8Array, declaredType: string): Promise<MediaType> {
  const found = await sniffType(bytes);
  const type = found && (CANONICAL_TYPES[found] ?? found);
  if (type !== undefined) {
    if (isMediaType(type)) return type;
  } else if (!MARKUP_TYPES.test(declaredType) && isPlainText(bytes)) return "text/plain";
  throw new AppError("unsupported_media_type", { message: "file_type_refused" });
}

/** @returns undefined when they are nothing that is known, or break off in the middle of it */
async function sniffType(bytes: Uint8Array): Promise<string | undefined> {
  try {
    const found = await fileTypeFromBuffer(bytes);
    // Two bytes say that it is one; so say those of texts in UTF-16, and nobody has such files any more.
    return found && ["mp1", "mp2"].includes(found.ext) ? UNSUPPORTED_MPEG_TYPE : found?.mime;
  } catch {
    return undefined;
  }
}

/**
 * UTF-8 that is meant to be read: no control characters but white space, and nothing that a browser which looked for
 * itself would take for HTML, SVG or XML (it looks at what comes first, behind white space).
 */
function isPlainText(bytes: Uint8Array): boolean {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return false;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return !/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/.test(text) && !/^\s*<[a-z!?/]/i.test(text);
}
