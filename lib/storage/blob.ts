import { BlobNotFoundError, del, head, list, put } from "@vercel/blob";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { withTimeout } from "../core/with-timeout";

/**
 * The blob store, through Vercel's SDK. Blobs are private: a URL alone gives no access, and only our own route serves
 * the bytes.
 *
 * The SDK retries for minutes when the store is down, so calls are limited to `BLOB_TIMEOUT_MS`. A call that timed out
 * may still take effect: a put then leaves a blob without a row, which the clean-up task deletes, and a deletion is
 * repeated until it is confirmed.
 */
const RETRY_AFTER_SECONDS = 10;

export interface BlobAccess {
  token: string;
  abortSignal: AbortSignal;
}

/** The private store holds what people upload, the public one what is made from it for everybody. */
export type BlobStoreName = "private" | "public";

/** Whether this deployment has a blob store. */
export function hasBlobStore(): boolean {
  return env().BLOB_READ_WRITE_TOKEN !== undefined;
}

/** Safe to repeat. @throws {AppError} unavailable: no blob store is configured, or it does not respond */
export async function putBlob(pathname: string, bytes: Uint8Array, contentType: string): Promise<void> {
  const { url } = await withBlobStore((access) =>
    // Pathnames are unique, so an overwrite can only be the SDK's retry after a lost response.
    put(pathname, Buffer.from(bytes), { ...access, access: "private", contentType, allowOverwrite: true }),
  );
  rememberBaseUrl(url, pathname);
}

/**
 * Reads the bytes of a blob, or a range of them.
 *
 * @param range  first and last byte, both included
 * @returns null when the blob does not exist
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
    if (!response.ok) throw new Error(`blob store responded ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // A store may ignore the range and send the whole blob.
    return range && response.status !== 206 ? bytes.slice(range.start, range.end + 1) : bytes;
  });
}

/** Missing blobs count as deleted. Safe to repeat. @throws {AppError} unavailable */
export async function deleteBlobs(
  pathnames: readonly string[],
  store: BlobStoreName = "private",
): Promise<void> {
  if (pathnames.length === 0) return;
  await withBlobStore((access) => del([...pathnames], access), { store });
}

/** Size and declared type of a blob; null when it does not exist. @throws {AppError} unavailable */
export async function headBlob(pathname: string): Promise<{ bytes: number; type: string } | null> {
  return withBlobStore(async (access) => {
    try {
      const { size, contentType } = await head(pathname, access);
      return { bytes: size, type: contentType };
    } catch (error) {
      if (error instanceof BlobNotFoundError) return null;
      throw error;
    }
  });
}

/** Folders directly below a prefix. @throws {AppError} unavailable */
export async function listFolders(prefix: string, store: BlobStoreName = "private"): Promise<string[]> {
  const folders: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await withBlobStore(
      (access) => list({ ...access, prefix, mode: "folded", ...(cursor ? { cursor } : {}) }),
      { store },
    );
    folders.push(...page.folders);
    if (!page.hasMore || page.cursor === undefined) return folders;
    cursor = page.cursor;
  }
}

/** The blobs under a prefix, page by page. @throws {AppError} unavailable */
export async function* listBlobs(
  prefix: string,
  store: BlobStoreName = "private",
): AsyncGenerator<{ pathname: string; uploadedAt: Date }[]> {
  for (let cursor: string | undefined; ; ) {
    const page = await withBlobStore((access) => list({ ...access, prefix, ...(cursor ? { cursor } : {}) }), {
      store,
    });
    yield page.blobs;
    if (!page.hasMore || page.cursor === undefined) return;
    cursor = page.cursor;
  }
}

interface StoreCall {
  store?: BlobStoreName;
  /** By default BLOB_TIMEOUT_MS, which suits small files. */
  timeoutMs?: number;
}

/** @throws {AppError} unavailable: the store is not configured, or the call failed or timed out */
export async function withBlobStore<T>(
  call: (access: BlobAccess) => Promise<T>,
  { store = "private", timeoutMs = env().BLOB_TIMEOUT_MS }: StoreCall = {},
): Promise<T> {
  const { BLOB_READ_WRITE_TOKEN, PUBLIC_BLOB_READ_WRITE_TOKEN } = env();
  const token = store === "public" ? PUBLIC_BLOB_READ_WRITE_TOKEN : BLOB_READ_WRITE_TOKEN;
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

/** The URL before a blob's pathname, per store. Needed because the SDK's `get` works only with Vercel's own hosts. */
const baseUrls = new Map<string, string>();

function storeKey(): string {
  const { VERCEL_BLOB_API_URL, BLOB_READ_WRITE_TOKEN } = env();
  return `${VERCEL_BLOB_API_URL ?? ""} ${BLOB_READ_WRITE_TOKEN ?? ""}`;
}

function rememberBaseUrl(url: string, pathname: string): string {
  if (!url.endsWith(pathname)) throw new Error("blob URL does not end with its pathname");
  const base = url.slice(0, -pathname.length);
  baseUrls.set(storeKey(), base);
  return base;
}

/** Queried once per process. @returns null when the blob does not exist */
export async function getBaseUrl(pathname: string, access: BlobAccess): Promise<string | null> {
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
