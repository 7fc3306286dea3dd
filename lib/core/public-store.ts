import { env } from "./env";

/**
 * Base URL of the public blob store, with a slash at its end; null without one. Whoever knows a blob's address reads it,
 * from a CDN and without a call of ours: only covers and renditions are stored there, under random names. Runs on the
 * edge, because the content security policy names the origin.
 */
export function publicStoreUrl(): string | null {
  const { PUBLIC_BLOB_READ_WRITE_TOKEN: token, VERCEL_BLOB_API_URL: api } = env();
  if (token === undefined) return null;
  // An emulator serves its blobs itself.
  if (api !== undefined && !api.startsWith("https://vercel.com/")) return `${new URL(api).origin}/store/`;
  // `vercel_blob_rw_<store>_<secret>`
  const [, , , store = ""] = token.split("_");
  return `https://${store.toLowerCase()}.public.blob.vercel-storage.com/`;
}
