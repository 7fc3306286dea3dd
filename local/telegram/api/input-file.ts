import { randomBytes } from "node:crypto";
import path from "node:path";
import type { TelegramContext } from "../context";
import { badRequest } from "../errors";
import { readImage } from "../image-size";
import type { StoredFile } from "../state/model";
import type { Call } from "./call";
import type { UploadedFile } from "./multipart";

/** The sum of a photo's width and height, and their ratio. */
const MAX_PHOTO_SIDES = 10_000;
const MAX_PHOTO_RATIO = 20;

/**
 * The file of a parameter: uploaded, sent before (its file id), or fetched from a URL.
 * @throws {BotApiError}
 */
export async function readInputFile(call: Call, name: "photo" | "document"): Promise<StoredFile> {
  const { context, params } = call;
  const uploaded = params.file(name);
  if (uploaded) return storeFile(context, name, uploaded);
  const value = params.text(name);
  if (value === "") throw badRequest(`There is no ${name} in the request`);
  if (/^https?:\/\//i.test(value)) return storeFile(context, name, await fetchFile(context, value));
  const known = context.store.state.tables.files.get(value);
  if (!known) throw badRequest("Wrong file identifier/HTTP URL specified");
  if (name === "photo" && known.width === undefined)
    throw badRequest("Can't use file of type Document as Photo");
  return known;
}

/** Stores bytes under a new file id. @throws {BotApiError} for a photo that is none or too large */
export async function storeFile(
  context: TelegramContext,
  kind: "photo" | "document",
  { name, mimeType, bytes }: UploadedFile,
): Promise<StoredFile> {
  const { store, files, limits } = context;
  if (bytes.length === 0) throw badRequest("file must be non-empty");
  if (bytes.length > (kind === "photo" ? limits.maxPhotoBytes : limits.maxFileBytes))
    throw badRequest(kind === "photo" ? "too big for a photo" : "file is too big");
  const image = readImage(bytes);
  if (kind === "photo") {
    if (!image) throw badRequest("IMAGE_PROCESS_FAILED");
    const { width, height } = image;
    const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height));
    if (width + height > MAX_PHOTO_SIDES || ratio > MAX_PHOTO_RATIO)
      throw badRequest("PHOTO_INVALID_DIMENSIONS");
  }
  const fileId = `${kind === "photo" ? "AgAC" : "BQAC"}${randomBytes(36).toString("base64url")}`;
  const extension = kind === "photo" ? `.${image?.extension}` : path.extname(name).replace(/[^\w.]/g, "");
  const file: StoredFile = {
    fileId,
    uniqueId: `AQAD${randomBytes(9).toString("base64url")}`,
    path: `${kind}s/file_${store.state.tables.files.size}${extension}`,
    name: path.basename(name) || "file",
    mimeType: image?.mimeType ?? (mimeType || "application/octet-stream"),
    size: bytes.length,
    ...(image ? { width: image.width, height: image.height } : {}),
  };
  await files.write(fileId, bytes);
  // Counted again: another file may have been stored during the write.
  file.path = `${kind}s/file_${store.state.tables.files.size}${extension}`;
  store.commit([{ table: "files", id: fileId, value: file }]);
  return file;
}

export const asPhotoSizes = ({ fileId, uniqueId, width = 0, height = 0, size }: StoredFile) => [
  { file_id: fileId, file_unique_id: uniqueId, width, height, file_size: size },
];

export const asDocument = ({ fileId, uniqueId, name, mimeType, size }: StoredFile) => ({
  file_name: name,
  mime_type: mimeType,
  file_id: fileId,
  file_unique_id: uniqueId,
  file_size: size,
});

async function fetchFile({ limits }: TelegramContext, url: string): Promise<UploadedFile> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(limits.fetchTimeoutMs) });
    if (!response.ok) throw badRequest("Failed to get HTTP URL content");
    const bytes = Buffer.from(await response.arrayBuffer());
    const mimeType = response.headers.get("content-type")?.split(";")[0] ?? "";
    if (/^text\/html/.test(mimeType)) throw badRequest("Wrong type of the web page content");
    return { name: path.basename(new URL(url).pathname), mimeType, bytes };
  } catch (error) {
    if (error instanceof Error && error.name === "BotApiError") throw error;
    throw badRequest("Failed to get HTTP URL content");
  }
}
