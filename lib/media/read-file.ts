import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { setBodyLength } from "../core/http/body-length";
import { log } from "../core/log";
import { DATA_CONTENT_POLICY } from "../core/security-headers";
import { db } from "../db";
import { readBlob } from "../storage";
import { isInlineType } from "./media-types";

/** Long enough for repeated page views, short enough for a browser that another user takes over. */
const CACHE_SECONDS = 600;

interface ReadFileOptions {
  /** The request's headers; `range`, `if-none-match` and `if-range` are used. */
  headers: Headers;
  requestId: string;
  /** Whether a user who is not the owner may read the file; called only for existing files. */
  mayRead(userId: string, fileId: string): Promise<boolean>;
}

/**
 * Serves a file: 200, 206 for a range, 304 or 416. Its content never runs in our origin: the type was detected from its
 * first bytes, `nosniff` forbids the browser to guess another one, and a file opened as a page is sandboxed.
 *
 * @throws {AppError} not_found, also for a file that the caller may not read; unavailable when the store is down
 */
export async function readFile(caller: Caller, id: string, options: ReadFileOptions): Promise<Response> {
  const file = await db().mediaFile.findFirst({
    where: { id, owner: { deletedAt: null } },
    select: { ownerId: true, name: true, type: true, bytes: true, pathname: true },
  });
  if (!file || !(file.ownerId === caller.userId || (await options.mayRead(caller.userId, id)))) {
    throw new AppError("not_found", { message: "file_not_found" });
  }
  const { headers: requestHeaders, requestId } = options;
  const etag = `"${id}"`;
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": `private, max-age=${CACHE_SECONDS}`,
    // The gate sets the same policy; set here too for requests that do not pass through it.
    "content-security-policy": DATA_CONTENT_POLICY,
    etag,
    vary: "Authorization, Cookie",
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
  });
  if (matchesEtag(requestHeaders.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers });

  const appliesRange = requestHeaders.get("if-range") === null || requestHeaders.get("if-range") === etag;
  const range = appliesRange ? parseRange(requestHeaders.get("range"), file.bytes) : undefined;
  if (range === null) {
    headers.set("content-range", `bytes */${file.bytes}`);
    return new Response(null, { status: 416, headers });
  }
  const bytes = await readBlob(file.pathname, range);
  const length = range ? range.end - range.start + 1 : file.bytes;
  if (bytes?.length !== length) {
    log().error({ fileId: id, found: bytes?.length ?? null, length }, "stored file missing or truncated");
    throw new AppError("not_found", { message: "file_not_found" });
  }
  headers.set("content-type", file.type === "text/plain" ? "text/plain; charset=utf-8" : file.type);
  setBodyLength(headers, length);
  headers.set("content-disposition", contentDisposition(file.type, file.name));
  if (range) headers.set("content-range", `bytes ${range.start}-${range.end}/${file.bytes}`);
  return new Response(bytes, { status: range ? 206 : 200, headers });
}

function matchesEtag(header: string | null, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

/**
 * Parses a `Range` header with one range (RFC 9110).
 * @returns undefined for the whole file: no header, several ranges, or an invalid one; null for a range beyond the file
 */
function parseRange(header: string | null, size: number): { start: number; end: number } | null | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Number(last);
    return length === 0 ? null : { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined;
  return start < size ? { start, end } : null;
}

/** RFC 6266: an ASCII name for old clients, and the original one for all others. */
function contentDisposition(type: string, name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `${isInlineType(type) ? "inline" : "attachment"}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
