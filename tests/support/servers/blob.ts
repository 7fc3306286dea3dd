import { afterEach, beforeEach } from "vitest";
import { type BlobOptions, type RunningBlob, startBlob } from "@/local/blob";
import { afterTest } from "./after-test";

// The SDK retries unknown errors ten times, seconds apart.
beforeEach(() => {
  process.env.VERCEL_BLOB_RETRIES = "0";
});
afterEach(() => {
  delete process.env.VERCEL_BLOB_API_URL;
});

/** Starts a store and sets its URL in the environment, where the SDK reads it. */
export async function start(options: Partial<BlobOptions> = {}): Promise<RunningBlob> {
  const blob = await startBlob({ dataDir: null, ...options });
  afterTest(() => blob.close());
  process.env.VERCEL_BLOB_API_URL = blob.url;
  return blob;
}

/** Fetches a private blob as the SDK's `get` does. */
export function read(url: string, token: string | null, headers: Record<string, string> = {}) {
  return fetch(url, {
    headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  });
}
