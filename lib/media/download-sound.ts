import { AppError } from "../core/errors";
import { db } from "../db";
import { sanitizeName } from "./file-name";
import { type ServeFileOptions, serveFile } from "./serve-file";
import { soundExtensions } from "./sound-types";

/**
 * Serves the original of a sound to someone who bought it, also after its owner's account was deleted. It is saved under
 * the title that was bought: the uploaded file's name is the artist's own.
 *
 * @throws {AppError} not_found; unavailable when the store is down
 */
export async function downloadSound(
  fileId: string,
  title: string,
  options: ServeFileOptions,
): Promise<Response> {
  const file = await db().mediaFile.findUnique({
    where: { id: fileId },
    select: { id: true, type: true, bytes: true, pathname: true },
  });
  if (!file) throw new AppError("not_found", { message: "delivery_file_missing" });
  // A title is not a path.
  const name = sanitizeName(title.replace(/[/\\]/g, "_"), soundExtensions(file.type));
  const policy = { disposition: "attachment", cacheControl: "no-store" } as const;
  return serveFile({ ...file, name }, options, policy);
}
