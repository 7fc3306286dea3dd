import { readFile } from "node:fs/promises";
import path from "node:path";
import { type FontMetrics, readFontMetrics } from "./font-metrics";

/**
 * The image renderer requires WOFF, not WOFF2, and a separate font per script; the files are static cuts of
 * the site's fonts. Read once per process, from disk: rendering needs no network.
 */
const SUBSETS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext", "vietnamese"] as const;
const FAMILIES = [
  { name: "Unbounded", file: "unbounded", weight: 700 },
  { name: "Onest", file: "onest", weight: 500 },
] as const;

export interface ImageFont {
  name: string;
  data: Buffer;
  weight: 500 | 700;
}

export interface FontFamily {
  fonts: readonly ImageFont[];
  /** For styles: all fonts of the family. */
  css: string;
  metrics: FontMetrics;
}

let families: Promise<readonly FontFamily[]> | undefined;

/** The display family, for titles, then the text family, which has more letters. */
export async function loadImageFonts(): Promise<readonly FontFamily[]> {
  families ??= Promise.all(FAMILIES.map(loadFamily));
  return families;
}

async function loadFamily({ name, file, weight }: (typeof FAMILIES)[number]): Promise<FontFamily> {
  const fonts = await Promise.all(
    SUBSETS.map(async (subset) => ({
      name: `${name} ${subset}`,
      data: await readFile(
        path.join(process.cwd(), "app/_assets/fonts", `${file}-${subset}-${String(weight)}-normal.woff`),
      ),
      weight,
    })),
  );
  const metrics = fonts.map(({ data }) => readFontMetrics(data));
  return {
    fonts,
    css: fonts.map((font) => font.name).join(", "),
    metrics: {
      advance(codePoint) {
        for (const font of metrics) {
          const width = font.advance(codePoint);
          if (width !== undefined) return width;
        }
        return undefined;
      },
    },
  };
}
