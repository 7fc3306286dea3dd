import { list } from "@vercel/blob";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { storeFile } from "@/lib/media";

/** Stores a file with its bytes in the file store. */
export const storeTestFile = (person: Caller, bytes: Uint8Array = new TextEncoder().encode("0123456789")) =>
  storeFile(person, { name: "a.txt", declaredType: "text/plain", bytes });

/** The pathname of a file's bytes in the store. */
export const filePathname = async (id: string): Promise<string> =>
  (await db().mediaFile.findUniqueOrThrow({ where: { id } })).pathname;

export async function isInStore(pathname: string): Promise<boolean> {
  const { blobs } = await list({ token: process.env.BLOB_READ_WRITE_TOKEN ?? "", prefix: pathname });
  return blobs.some((blob) => blob.pathname === pathname);
}
