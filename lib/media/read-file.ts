import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db } from "../db";
import { isInlineType } from "./media-types";
import { type ServeFileOptions, serveFile } from "./serve-file";

/** Long enough for repeated page views, short enough for a browser that another user takes over. */
const CACHE_SECONDS = 600;

interface ReadFileOptions extends ServeFileOptions {
  /** Whether a user who is not the owner may read the file; called only for existing files. */
  mayRead(userId: string, fileId: string): Promise<boolean>;
}

/**
 * Serves a file of a chat, or an upload of the caller's.
 *
 * @throws {AppError} not_found, also for a file that the caller may not read, and for an upload that has not arrived;
 *         unavailable when the store is down
 */
export async function readFile(caller: Caller, id: string, options: ReadFileOptions): Promise<Response> {
  const file = await db().mediaFile.findFirst({
    where: { id, owner: { deletedAt: null }, status: { not: "uploading" } },
    select: { id: true, ownerId: true, name: true, type: true, bytes: true, pathname: true },
  });
  if (!file || !(file.ownerId === caller.userId || (await options.mayRead(caller.userId, id)))) {
    throw new AppError("not_found", { message: "file_not_found" });
  }
  return serveFile(file, options, {
    disposition: isInlineType(file.type) ? "inline" : "attachment",
    cacheControl: `private, max-age=${CACHE_SECONDS}`,
  });
}
