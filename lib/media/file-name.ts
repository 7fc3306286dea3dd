import { AppError } from "../core/errors";
import { MAX_NAME_LENGTH } from "./limits";
import { type MediaType, mediaTypes } from "./media-types";

/**
 * Characters that a name must not contain: control characters, invisible ones, those that change the text direction (an
 * `exe.gnp` that reads `png.exe`), and lone surrogates.
 */
const UNSAFE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Co}\p{Cn}]/gu;

/**
 * Sanitizes a file name for storage and download: the last part of a path, in one line, with an extension that matches
 * the file's type, so that a saved file is opened as that type.
 */
export function sanitizeFileName(name: string, type: MediaType): string {
  const extensions: readonly string[] = mediaTypes[type];
  const baseName = name.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const visible = baseName
    .replace(UNSAFE_CHARACTERS, "")
    // Not allowed in names on Windows.
    .replace(/[<>:"|?*]/g, "_")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
  const extension = /\.([a-z0-9]{1,5})$/i.exec(visible)?.[1] ?? "";
  const hasValidExtension = extensions.includes(extension.toLowerCase());
  const stem = hasValidExtension ? visible.slice(0, -extension.length - 1) : visible;
  const suffix = `.${hasValidExtension ? extension : extensions[0]}`;
  const truncatedStem = [...stem]
    .slice(0, MAX_NAME_LENGTH - suffix.length)
    .join("")
    .trimEnd();
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
