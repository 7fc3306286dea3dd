import { AppError } from "../core/errors";
import { MAX_NAME_LENGTH } from "./limits";
import { type MediaType, mediaTypes } from "./media-types";

/**
 * What a name must not carry: control characters, what turns the direction of text (an `exe.gnp` that reads
 * `png.exe`) or cannot be seen, and halves of characters.
 */
const UNSAFE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Co}\p{Cn}]/gu;

/**
 * A name as it is kept and given back: the last part of a path, in one line, with an ending that fits what the file is,
 * so that what is saved under it is opened as that and nothing else.
 */
export function sanitizeFileName(name: string, type: MediaType): string {
  const extensions: readonly string[] = mediaTypes[type];
  const baseName = name.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const visible = baseName
    .replace(UNSAFE_CHARACTERS, "")
    // What Windows takes in no name.
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
 * The name as a request carries it: `encodeURIComponent`, since a header is ASCII. Nothing for none.
 * @throws {AppError} bad_request
 */
export function decodeFileName(header: string | null): string {
  try {
    return decodeURIComponent(header ?? "");
  } catch (cause) {
    throw new AppError("bad_request", { message: "file_name_invalid", field: "x-file-name", cause });
  }
}
