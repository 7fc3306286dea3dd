import "server-only";
import { readFile } from "node:fs/promises";
import path from "node:path";

let wordmark: Promise<string> | undefined;

/** The site's wordmark as the `src` of an image. Read once per process, from disk. */
export async function wordmarkDataUri(color: string): Promise<string> {
  wordmark ??= readFile(path.join(process.cwd(), "app/_assets", "wordmark.svg"), "utf8");
  const svg = (await wordmark).replace("<path ", `<path fill="${color}" `);
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}
