/** Attempts of one request inside the SDK. Its default, ten with doubling pauses, would hide an outage for minutes. */
const SDK_RETRIES = "1";

export type BlobClient = Pick<
  typeof import("@vercel/blob/client"),
  "put" | "createMultipartUpload" | "uploadPart" | "completeMultipartUpload"
>;

/**
 * The store's SDK, loaded when the first file is chosen. It takes its settings from `process.env`, which is an empty
 * object in a browser, when it is loaded.
 *
 * @param apiUrl  of an emulator; null: the SDK's own
 */
export async function loadBlobClient(apiUrl: string | null): Promise<BlobClient> {
  Object.assign(process.env, {
    VERCEL_BLOB_RETRIES: SDK_RETRIES,
    ...(apiUrl === null ? {} : { VERCEL_BLOB_API_URL: apiUrl }),
  });
  return import("@vercel/blob/client");
}
