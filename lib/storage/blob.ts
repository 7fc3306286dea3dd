import { BlobNotFoundError, del, head, list, put } from "@vercel/blob";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { withTimeout } from "../core/with-timeout";

/**
 * The blob store, by Vercel's SDK. Blobs are private: whoever has a URL has nothing, and bytes leave through our own
 * route alone.
 *
 * The SDK tries for minutes when nobody answers; nobody waits so long (`BLOB_TIMEOUT_MS`). What was given up may still happen: a put then
 * leaves bytes without a row, which the tidy finds, and a deletion is repeated until it is known to be done.
 */
const RETRY_AFTER_SECONDS = 10;

interface BlobAccess {
  token: string;
  abortSignal: AbortSignal;
}

/** Whether this deployment has a store. */
export function hasBlobStore(): boolean {
  return env().BLOB_READ_WRITE_TOKEN !== undefined;
}

/** @throws {AppError} unavailable: there is no store, or it does not answer */
export async function putBlob(pathname: string, bytes: Uint8Array, contentType: string): Promise<void> {
  const { url } = await withBlobStore((access) =>
    // A name of its own is never written twice; a repeat by the SDK, whose first answer was lost, is no conflict.
    put(pathname, Buffer.from(bytes), { ...access, access: "private", contentType, allowOverwrite: true }),
  );
  rememberBaseUrl(url, pathname);
}

/**
 * The bytes of a blob, or a part of them.
 *
 * @param range  first and last byte, both included
 * @returns null when the store does not have it
 * @throws {AppError} unavailable
 */
export async function readBlob(
  pathname: string,
  range?: { start: number; end: number },
): Promise<Uint8Array<ArrayBuffer> | null> {
  return withBlobStore(async ({ token, abortSignal: signal }) => {
    const base = await getBaseUrl(pathname, { token, abortSignal: signal });
    if (base === null) return null;
    const response = await fetch(`${base}${pathname}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(range ? { range: `bytes=${range.start}-${range.end}` } : {}),
      },
      cache: "no-store",
      signal,
    });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`the blob store answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // A store may answer with the whole.
    return range && response.status !== 206 ? bytes.slice(range.start, range.end + 1) : bytes;
  });
}

/** Those that are not there count as deleted. @throws {AppError} unavailable */
export async function deleteBlobs(pathnames: readonly string[]): Promise<void> {
  if (pathnames.length === 0) return;
  await withBlobStore((access) => del([...pathnames], access));
}

/** Folders right below a prefix. @throws {AppError} unavailable */
export async function listFolders(prefix: string): Promise<string[]> {
  const folders: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await withBlobStore((access) =>
      list({ ...access, prefix, mode: "folded", ...(cursor ? { cursor } : {}) }),
    );
    folders.push(...page.folders);
    if (!page.hasMore || page.cursor === undefined) return folders;
    cursor = page.cursor;
  }
}

/** The blobs under a prefix, page by page. @throws {AppError} unavailable */
export async function* listBlobs(prefix: string): AsyncGenerator<{ pathname: string; uploadedAt: Date }[]> {
  for (let cursor: string | undefined; ; ) {
    const page = await withBlobStore((access) => list({ ...access, prefix, ...(cursor ? { cursor } : {}) }));
    yield page.blobs;
    if (!page.hasMore || page.cursor === undefined) return;
    cursor = page.cursor;
  }
}

async function withBlobStore<T>(call: (access: BlobAccess) => Promise<T>): Promise<T> {
  const { BLOB_READ_WRITE_TOKEN: token, BLOB_TIMEOUT_MS: timeoutMs } = env();
  if (token === undefined) throw new AppError("unavailable", { message: "files_not_configured" });
  const abort = new AbortController();
  try {
    return await withTimeout(call({ token, abortSignal: abort.signal }), timeoutMs);
  } catch (cause) {
    throw new AppError("unavailable", {
      message: "files_unavailable",
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  } finally {
    abort.abort();
  }
}

/** What stands before a pathname in the store's URLs; one store, one base. The SDK's `get` knows Vercel's alone. */
const baseUrls = new Map<string, string>();

function storeKey(): string {
  const { VERCEL_BLOB_API_URL, BLOB_READ_WRITE_TOKEN } = env();
  return `${VERCEL_BLOB_API_URL ?? ""} ${BLOB_READ_WRITE_TOKEN ?? ""}`;
}

function rememberBaseUrl(url: string, pathname: string): string {
  if (!url.endsWith(pathname)) throw new Error("the store's URLs do not end with their pathname");
  const base = url.slice(0, -pathname.length);
  baseUrls.set(storeKey(), base);
  return base;
}

/** Asked for once in a process. @returns null when the store does not have the blob */
async function getBaseUrl(pathname: string, access: BlobAccess): Promise<string | null> {
  const known = baseUrls.get(storeKey());
  if (known !== undefined) return known;
  try {
    const { url } = await head(pathname, access);
    return rememberBaseUrl(url, pathname);
  } catch (error) {
    if (error instanceof BlobNotFoundError) return null;
    throw error;
  }
}
