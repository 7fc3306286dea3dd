import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const ONEST = path.join(ROOT, "node_modules/@fontsource-variable/onest/files");

/** The app's fonts; without them the page uses system fonts. */
const FONT_FILES: Readonly<Record<string, string>> = {
  "/fonts/onest-latin.woff2": path.join(ONEST, "onest-latin-wght-normal.woff2"),
  "/fonts/onest-cyrillic.woff2": path.join(ONEST, "onest-cyrillic-wght-normal.woff2"),
  "/fonts/unbounded.woff2": path.join(ROOT, "app/_styles/fonts/unbounded-latin-cyrillic-700-normal.woff2"),
};

/** @returns false for any other path */
export function serveFont(pathname: string, response: ServerResponse): boolean {
  const file = FONT_FILES[pathname];
  if (file === undefined) return false;
  readFile(file).then(
    (bytes) =>
      response
        .writeHead(200, {
          "content-type": "font/woff2",
          "content-length": bytes.length,
          "cache-control": "public, max-age=86400",
        })
        .end(bytes),
    () => response.writeHead(404, { "content-length": 0 }).end(),
  );
  return true;
}
