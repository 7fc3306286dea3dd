import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { bearerToken, sameSecret } from "../http/server";
import type { OpenBlob } from "./blob-store";
import type { BlobContext } from "./context";
import { BlobApiError, blobNotFoundError } from "./errors";

/** Path of contents here; on Vercel it is `https://<store>.private.blob.vercel-storage.com/`. */
const CONTENT_PREFIX = "/store/";

export function contentUrl(origin: string, pathname: string): string {
  return `${origin}${CONTENT_PREFIX}${pathname.split("/").map(encodeURIComponent).join("/")}`;
}

/** The pathname of a blob's URL; a pathname is returned as it is. @throws {BlobApiError} not_found */
export function toPathname(urlOrPathname: string): string {
  if (!/^https?:\/\//.test(urlOrPathname)) return urlOrPathname;
  try {
    const { pathname } = new URL(urlOrPathname);
    if (!pathname.startsWith(CONTENT_PREFIX)) throw blobNotFoundError();
    return decodeURIComponent(pathname.slice(CONTENT_PREFIX.length));
  } catch {
    throw blobNotFoundError();
  }
}

export function isContentUrl(url: URL): boolean {
  return url.pathname.startsWith(CONTENT_PREFIX);
}

/** Answers `GET /store/{pathname}`; a private blob requires the token. Browser pages of any origin may read public ones. */
export async function handleContent(
  { store, token }: BlobContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new BlobApiError("not_allowed", `${request.method} is not allowed here`);
  }
  const pathname = toPathname(url.href);
  const mayRead = store.get(pathname)?.access === "public" || sameSecret(bearerToken(request) ?? "", token);
  // Checked before existence, which a caller without the token must not learn.
  if (!mayRead) throw new BlobApiError("forbidden", "Access denied, please provide a valid token.");
  const opened = await store.open(pathname);
  if (!opened) throw blobNotFoundError();
  try {
    await sendContent(opened, request, response, url.searchParams.has("download"));
  } finally {
    await opened.close();
  }
}

async function sendContent(
  { blob, read }: OpenBlob,
  request: IncomingMessage,
  response: ServerResponse,
  asDownload: boolean,
): Promise<void> {
  const headers = {
    etag: blob.etag,
    "cache-control": blob.cacheControl,
    "last-modified": new Date(blob.uploadedAt).toUTCString(),
    "accept-ranges": "bytes",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
  };
  if (request.headers["if-none-match"] === blob.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const range = parseRange(request.headers.range, blob.size);
  if (range === null) {
    response.writeHead(416, { ...headers, "content-range": `bytes */${blob.size}` }).end();
    return;
  }
  response.writeHead(range ? 206 : 200, {
    ...headers,
    "content-type": blob.contentType,
    "content-length": range ? range.end - range.start + 1 : blob.size,
    "content-disposition": asDownload
      ? blob.contentDisposition.replace(/^inline/, "attachment")
      : blob.contentDisposition,
    ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${blob.size}` } : {}),
  });
  if (request.method === "HEAD") response.end();
  else await pipeline(read(range), response);
}

/** @returns undefined for the whole blob, null for an unsatisfiable range */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | null | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? null : { start, end };
}
