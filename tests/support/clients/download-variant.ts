import { writeFile } from "node:fs/promises";
import { expect } from "vitest";
import { publicBlobUrl } from "@/lib/storage";

/** Downloads a variant to a file. */
export async function downloadVariant({ pathname }: { pathname: string }, file: string): Promise<string> {
  const response = await fetch(publicBlobUrl(pathname) ?? "");
  expect(response.status, pathname).toBe(200);
  await writeFile(file, new Uint8Array(await response.arrayBuffer()));
  return file;
}
