import { AppError } from "../core/errors";
import { MAX_NAME_LENGTH } from "./limits";
import { type MediaType, mediaTypes } from "./media-types";

/**
 * Characters that a name must not contain: control characters, invisible ones, those that change the text direction (an
 * `exe.gnp` that reads `png.exe`), and lone surrogates. Not among them: the visible format characters of Arabic and
 * Syriac, emoji that are newer than this process, and what `stripLooseJoiners` decides about.
 */
const UNSAFE_CHARACTERS =
  /(?!\u200c|\u200d|[\u{e0020}-\u{e007f}\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\p{Extended_Pictographic}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Co}\p{Cn}]/gu;

/** A joiner or non-joiner that does not stand between two characters. */
const LOOSE_JOINERS = /(?<![\p{L}\p{M}\p{N}\p{S}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{N}\p{S}])/gu;
/** The tag characters of a flag (of England, Scotland, Wales), or others, which are invisible. */
const TAGS = /(\u{1f3f4}[\u{e0020}-\u{e007e}]{1,16}\u{e007f})|[\u{e0020}-\u{e007f}]/gu;

/** Keeps the invisible characters that hold a family of emoji, a flag or a Persian word together, and no others. */
function stripLooseJoiners(text: string): string {
  return text.replace(TAGS, (_, flag: string | undefined) => flag ?? "").replace(LOOSE_JOINERS, "");
}

const graphemeSegmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The beginning of a text, without cutting within what is displayed as one character. */
function truncateToGraphemes(text: string, maxLength: number): string {
  let kept = "";
  let length = 0;
  for (const { segment } of graphemeSegmenter.segment(text)) {
    length += [...segment].length;
    if (length > maxLength) break;
    kept += segment;
  }
  return kept;
}

/**
 * Sanitizes a file name for storage and download: the last part of a path, in one line, with an extension that matches
 * the file's type, so that a saved file is opened as that type.
 */
export function sanitizeFileName(name: string, type: MediaType): string {
  return sanitizeName(name, mediaTypes[type]);
}

/**
 * {@link sanitizeFileName} for any type.
 * @param extensions  those of the type: the first one is appended to a name that has none of them. Empty while the type is
 *                    unknown: the name then keeps its own
 */
export function sanitizeName(name: string, extensions: readonly string[]): string {
  const baseName = name.split(/[/\\]/).at(-1) ?? "";
  const oneLine = baseName
    .replace(UNSAFE_CHARACTERS, "")
    // Not allowed in names on Windows.
    .replace(/[<>:"|?*]/g, "_")
    .replace(/\s+/g, " ");
  const visible = stripLooseJoiners(oneLine)
    .normalize("NFC")
    .replace(/^[. ]+|[. ]+$/g, "");
  const extension = /\.([a-z0-9]{1,5})$/i.exec(visible)?.[1] ?? "";
  const hasValidExtension = extensions.includes(extension.toLowerCase());
  const stem = hasValidExtension ? visible.slice(0, -extension.length - 1) : visible;
  const suffix = extensions.length === 0 ? "" : `.${hasValidExtension ? extension : extensions[0]}`;
  const truncatedStem = truncateToGraphemes(stem, MAX_NAME_LENGTH - suffix.length).replace(
    /(?:\s|\u200c|\u200d)+$/u,
    "",
  );
  return `${truncatedStem || "file"}${suffix}`;
}

/**
 * Decodes a request's file name, which is encoded with `encodeURIComponent` because headers are ASCII. Empty without
 * one.
 * @throws {AppError} bad_request
 */
export function decodeFileName(header: string | null): string {
  try {
    return decodeURIComponent(header ?? "");
  } catch (cause) {
    throw new AppError("bad_request", { message: "file_name_invalid", field: "x-file-name", cause });
  }
}
