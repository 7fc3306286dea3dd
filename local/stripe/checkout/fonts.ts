import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import path from "node:path";

/** The app's fonts, from its packages; without them the page uses system fonts. */
const FONT_FILES: Readonly<Record<string, string>> = {
  "/fonts/onest-latin.woff2": "onest/files/onest-latin-wght-normal.woff2",
  "/fonts/onest-cyrillic.woff2": "onest/files/onest-cyrillic-wght-normal.woff2",
  "/fonts/unbounded-latin.woff2": "unbounded/files/unbounded-latin-wght-normal.woff2",
  "/fonts/unbounded-cyrillic.woff2": "unbounded/files/unbounded-cyrillic-wght-normal.woff2",
};

const FONTS_DIR = path.resolve(import.meta.dirname, "../../../node_modules/@fontsource-variable");

/** @returns false for any other path */
export function serveFont(pathname: string, response: ServerResponse): boolean {
  const file = FONT_FILES[pathname];
  if (file === undefined) return false;
  readFile(path.join(FONTS_DIR, file)).then(
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
