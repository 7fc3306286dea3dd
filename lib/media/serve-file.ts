import { AppError } from "../core/errors";
import { setBodyLength } from "../core/http/body";
import { log } from "../core/log";
import { DATA_CONTENT_POLICY } from "../core/security-headers";
import { MAX_FILE_BYTES } from "../schemas/limits";
import { openBlob, readBlob } from "../storage";

/** A file of the private store, for a caller who may read it. */
export interface ServedFile {
  id: string;
  /** Of the saved file. */
  name: string;
  type: string;
  bytes: number;
  pathname: string;
}

export interface ServeFileOptions {
  /** The request's headers; `range`, `if-none-match` and `if-range` are used. */
  headers: Headers;
  requestId: string;
}

interface ServePolicy {
  /** Shown by the browser, or saved. */
  disposition: "inline" | "attachment";
  cacheControl: string;
}

/**
 * Serves a file: 200, 206 for a range, 304 or 416. Its content never runs in our origin: the type was detected from its
 * first bytes, `nosniff` forbids the browser to guess another one, and a file opened as a page is sandboxed. A large one
 * is passed on as it arrives.
 *
 * @throws {AppError} not_found when the bytes are missing or of another length; unavailable when the store is down
 */
export async function serveFile(
  file: ServedFile,
  { headers: requestHeaders, requestId }: ServeFileOptions,
  { disposition, cacheControl }: ServePolicy,
): Promise<Response> {
  const etag = `"${file.id}"`;
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": cacheControl,
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
  const length = range ? range.end - range.start + 1 : file.bytes;
  const body = await readBody(file.pathname, length, range);
  if (body === null) {
    log().error({ fileId: file.id, length }, "stored file missing or truncated");
    throw new AppError("not_found", { message: "file_not_found" });
  }
  headers.set("content-type", file.type === "text/plain" ? "text/plain; charset=utf-8" : file.type);
  setBodyLength(headers, length);
  headers.set("content-disposition", contentDisposition(disposition, file.name));
  if (range) headers.set("content-range", `bytes ${range.start}-${range.end}/${file.bytes}`);
  return new Response(body, { status: range ? 206 : 200, headers });
}

interface ByteRange {
  /** First and last byte, both included. */
  start: number;
  end: number;
}

/**
 * A small body is complete before the response begins, so that a failure of the store is a clear error.
 * @returns null when the blob is missing or has another length
 */
async function readBody(
  pathname: string,
  length: number,
  range: ByteRange | undefined,
): Promise<BodyInit | null> {
  if (length <= MAX_FILE_BYTES) {
    const bytes = await readBlob(pathname, range);
    return bytes?.length === length ? bytes : null;
  }
  const blob = await openBlob(pathname, range ? { range } : {});
  if (blob?.bytes === length) return blob.body;
  await blob?.body.cancel();
  return null;
}

function matchesEtag(header: string | null, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

/**
 * Parses a `Range` header with one range (RFC 9110).
 * @returns undefined for the whole file: no header, several ranges, or an invalid one; null for a range beyond the file
 */
function parseRange(header: string | null, size: number): ByteRange | null | undefined {
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
function contentDisposition(disposition: ServePolicy["disposition"], name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `${disposition}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
