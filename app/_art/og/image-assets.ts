import "server-only";
import { readFile } from "node:fs/promises";
import path from "node:path";

/**
 * The image renderer requires WOFF, not WOFF2, and a separate font per script; the files are static cuts of
 * the site's fonts. Read once per process, from disk: rendering needs no network.
 */
const folder = path.join(process.cwd(), "app/_assets");

async function loadFonts() {
  const read = (file: string) => readFile(path.join(folder, "fonts", file));
  const [displayLatin, displayCyrillic, textLatin, textCyrillic] = await Promise.all([
    read("unbounded-latin-700-normal.woff"),
    read("unbounded-cyrillic-700-normal.woff"),
    read("onest-latin-500-normal.woff"),
    read("onest-cyrillic-500-normal.woff"),
  ]);
  return [
    { name: "Unbounded", data: displayLatin, weight: 700 as const },
    { name: "Unbounded Cyrillic", data: displayCyrillic, weight: 700 as const },
    { name: "Onest", data: textLatin, weight: 500 as const },
    { name: "Onest Cyrillic", data: textCyrillic, weight: 500 as const },
  ];
}

let fonts: ReturnType<typeof loadFonts> | undefined;

export function getImageFonts(): ReturnType<typeof loadFonts> {
  fonts ??= loadFonts();
  return fonts;
}

let wordmark: Promise<string> | undefined;

/** The site's wordmark as the `src` of an image. */
export async function wordmarkDataUri(color: string): Promise<string> {
  wordmark ??= readFile(path.join(folder, "wordmark.svg"), "utf8");
  const svg = (await wordmark).replace("<path ", `<path fill="${color}" `);
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}

export const DISPLAY_FONT = "Unbounded, Unbounded Cyrillic";
export const TEXT_FONT = "Onest, Onest Cyrillic";

/**
 * Removes characters that these fonts cannot draw. For those, emoji above all, the renderer would fetch a
 * picture over the network.
 */
export function stripUndrawable(text: string): string {
  return text
    .replace(
      /[^\u0020-\u007e\u00a0-\u00ff\u0400-\u045f\u0490\u0491\u2010-\u2027\u2030\u2039\u203a\u20ac\u2116]/g,
      " ",
    )
    .replace(/\s+/g, " ")
    .trim();
}
