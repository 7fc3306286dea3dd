import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A page of the docs, split into prose and code. */
export interface Page {
  /** Relative to the repository's root: `docs/TASKS.md`. */
  file: string;
  text: string;
  /** Fenced blocks, without their fences. */
  blocks: readonly { language: string; code: string }[];
  /** The page with its fenced blocks taken out. */
  prose: string;
}

/** Reads a page of the docs. */
export function readPage(file: string): Page {
  const text = readFileSync(file, "utf8");
  const fenced = /^([ \t]*)```(\w*)\n([\s\S]*?)^\1```[ \t]*$/gm;
  const blocks = [...text.matchAll(fenced)].map(([, , language = "", code = ""]) => ({ language, code }));
  return { file, text, blocks, prose: text.replace(fenced, "") };
}

/** All Markdown pages: in the root, docs/, .github/ and the local servers' folders. */
export function allPages(): Page[] {
  const inside = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.posix.join(folder, name));
  const files = [...readdirSync("."), ...inside("docs"), ...inside(".github"), ...inside("local")];
  return files
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map(readPage);
}

/** Inline code in order; a span may be broken over two lines. */
export function codeSpans({ prose }: Page): string[] {
  return [...prose.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, code = ""]) => code.replace(/\s+/g, " "));
}

/** Commands of the shell blocks in order, one per line, without comments. */
export function shellCommands({ blocks }: Page): string[] {
  return blocks
    .filter(({ language }) => ["sh", "bash", "shell"].includes(language))
    .flatMap(({ code }) => code.split("\n"))
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** Targets of the page's links and pictures. */
export function linkTargets({ prose }: Page): string[] {
  const withoutCode = prose.replace(/(?<!`)`[^`]+`(?!`)/g, "");
  return [...withoutCode.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
}

/** Anchors of a page's headings as GitHub builds them: `#what-a-delivery-is-answered`. */
export function anchors({ prose }: Page): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...prose.matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = ""]) => {
      const name = heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-");
      const repeat = seen.get(name) ?? 0;
      seen.set(name, repeat + 1);
      return repeat === 0 ? name : `${name}-${repeat}`;
    }),
  );
}
