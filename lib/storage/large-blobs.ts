import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { put } from "@vercel/blob";
import { env } from "../core/env";
import { publicStoreUrl } from "../core/public-store";
import { getBaseUrl, withBlobStore } from "./blob";

/** Files of any size go between the stores and a folder on disk, never through memory as a whole. */

/** Slowest transfer that is waited for. */
const MIN_BYTES_PER_SECOND = 1024 * 1024;
/** Larger files are sent in parts, each of which the SDK retries. */
const MULTIPART_FROM_BYTES = 8 * 1024 * 1024;
/** Blobs of the public store never change under their name. */
const CACHE_MAX_AGE_SECONDS = 365 * 86_400;

/** Whether this deployment can store what everybody may read. */
export function hasPublicStore(): boolean {
  return env().PUBLIC_BLOB_READ_WRITE_TOKEN !== undefined;
}

/** Address of a blob of the public store; null without a store. */
export function publicBlobUrl(pathname: string): string | null {
  const base = publicStoreUrl();
  return base === null ? null : `${base}${pathname}`;
}

/** Stores bytes for everybody. Safe to repeat. @throws {AppError} unavailable */
export async function putPublicBlob(pathname: string, bytes: Uint8Array, contentType: string): Promise<void> {
  await withBlobStore(
    (access) => put(pathname, Buffer.from(bytes), { ...access, ...publicBlob(contentType) }),
    {
      store: "public",
    },
  );
}

/** Stores a file of the disk for everybody. Safe to repeat. @throws {AppError} unavailable */
export async function putPublicBlobFile(pathname: string, file: string, contentType: string): Promise<void> {
  const { size } = await stat(file);
  await withBlobStore(
    (access) =>
      put(pathname, createReadStream(file), {
        ...access,
        ...publicBlob(contentType),
        multipart: size > MULTIPART_FROM_BYTES,
      }),
    { store: "public", timeoutMs: transferLimitMs(size) },
  );
}

/**
 * Writes a blob of the private store to a file.
 *
 * @param bytes  its expected size
 * @returns false when the blob does not exist
 * @throws {AppError} unavailable, also when the connection ends early
 */
export async function downloadBlob(pathname: string, file: string, bytes: number): Promise<boolean> {
  return withBlobStore(
    async ({ token, abortSignal: signal }) => {
      const base = await getBaseUrl(pathname, { token, abortSignal: signal });
      if (base === null) return false;
      const response = await fetch(`${base}${pathname}`, {
        headers: { authorization: `Bearer ${token}` },
        cache: "no-store",
        signal,
      });
      if (response.status === 404) return false;
      if (!response.ok || !response.body) throw new Error(`blob store responded ${response.status}`);
      const body = Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>);
      await pipeline(body, createWriteStream(file), { signal });
      const { size } = await stat(file);
      if (size !== bytes) throw new Error(`blob ended after ${size} of ${bytes} bytes`);
      return true;
    },
    { timeoutMs: transferLimitMs(bytes) },
  );
}

function publicBlob(contentType: string) {
  return {
    access: "public",
    contentType,
    addRandomSuffix: false,
    // Names are random, so an overwrite can only be a repeat.
    allowOverwrite: true,
    cacheControlMaxAge: CACHE_MAX_AGE_SECONDS,
  } as const;
}

function transferLimitMs(bytes: number): number {
  return env().BLOB_TIMEOUT_MS + (bytes / MIN_BYTES_PER_SECOND) * 1_000;
}
