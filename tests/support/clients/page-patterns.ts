import { readdirSync } from "node:fs";
import path from "node:path";

/** The path of every page, with `[parameters]`. Read from the folder, so that new pages are included. */
export function pagePatterns(): string[] {
  return readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "page.tsx")
    .map((file) => path.dirname(file).split(path.sep))
    .map((folders) => `/${folders.filter((name) => name !== "." && !name.startsWith("(")).join("/")}`)
    .sort();
}
