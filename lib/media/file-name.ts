import { AppError } from "../core/errors";
import { MAX_NAME_LENGTH } from "./limits";
import { type MediaType, mediaTypes } from "./media-types";

/**
 * What a name must not carry: control characters, what turns the direction of text (an `exe.gnp` that reads
 * `png.exe`) or cannot be seen, and halves of characters.
 */
const UNWANTED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Co}\p{Cn}]/gu;

/**
 * A name as it is kept and given back: the last part of a path, in one line, with an ending that fits what the file is,
 * so that what is saved under it is opened as that and nothing else.
 */
export function cleanName(name: string, type: MediaType): string {
  const endings: readonly string[] = mediaTypes[type];
  const last = name.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const visible = last
    .replace(UNWANTED, "")
    // What Windows takes in no name.
    .replace(/[<>:"|?*]/g, "_")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
  const ending = /\.([a-z0-9]{1,5})$/i.exec(visible)?.[1] ?? "";
  const fits = endings.includes(ending.toLowerCase());
  const stem = fits ? visible.slice(0, -ending.length - 1) : visible;
  const behind = `.${fits ? ending : endings[0]}`;
  const short = [...stem]
    .slice(0, MAX_NAME_LENGTH - behind.length)
    .join("")
    .trimEnd();
  return `${short || "file"}${behind}`;
}

/**
 * The name as a request carries it: `encodeURIComponent`, since a header is ASCII. Nothing for none.
 * @throws {AppError} bad_request
 */
export function decodeName(header: string | null): string {
  try {
    return decodeURIComponent(header ?? "");
  } catch (cause) {
    throw new AppError("bad_request", { message: "file_name_invalid", field: "x-file-name", cause });
  }
}
