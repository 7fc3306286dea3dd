import { readdirSync } from "node:fs";
import path from "node:path";

/** Every page there is, as its path with `[parameters]`: read from the folder, so that a new page is among them. */
export function pagePatterns(): string[] {
  return readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "page.tsx")
    .map((file) => path.dirname(file).split(path.sep))
    .map((folders) => `/${folders.filter((name) => name !== "." && !name.startsWith("(")).join("/")}`)
    .sort();
}
