import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build, type Metafile } from "esbuild";
import { beforeAll, expect, it } from "vitest";

/**
 * To keep zod out of most pages' JavaScript, the browser loads it only with a form that validates with a schema, and
 * with the toast of a notification, which is loaded when the first notification arrives. All other client code imports
 * only types and constants of lib/schemas.
 */

const VALIDATES = /\buseForm\(|\bparseNotification\(/;
const IS_CLIENT = /^["']use client["']/m;
const IS_SERVER_ACTION = /^["']use server["']/m;

let inputs: Metafile["inputs"];
let clientModules: string[];

beforeAll(async () => {
  const modules = ["app/_data", "app/_features", "app/_shell", "app/_ui"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => path.join(folder, file)),
  );
  clientModules = modules.filter((file) => IS_CLIENT.test(read(file)));
  const { metafile } = await build({
    entryPoints: modules,
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir: "unused",
    packages: "external",
    alias: { "@": path.resolve() },
    logLevel: "silent",
  });
  inputs = metafile.inputs;
});

it("only modules that validate load zod in the browser", () => {
  expect(clientModules.length).toBeGreaterThan(50);
  expect(clientModules.map((file) => findPathToZod(file)).filter((chain) => chain !== null)).toEqual([]);
});

it("the shell, which is on every page, loads zod only with what it loads later", () => {
  const loadedLater = ["password-dialog.tsx", "toast.tsx", "toasts.tsx"].map((file) => `app/_shell/${file}`);
  const inShell = clientModules.filter(
    (file) => file.startsWith("app/_shell/") && !loadedLater.includes(file),
  );
  expect(inShell.map((file) => findPathToZod(file, /(?!)/)).filter((chain) => chain !== null)).toEqual([]);
  expect(findPathToZod("app/_shell/password-dialog.tsx", /(?!)/)).not.toBeNull();
});

it("finds zod where it is imported", () => {
  expect(findPathToZod("lib/schemas/account.ts")).toBe("lib/schemas/account.ts");
});

/**
 * The shortest chain of static imports from a module to zod that contains no validating module and no server action;
 * null when there is none.
 */
function findPathToZod(start: string, validates = VALIDATES): string | null {
  const importers = new Map<string, string | null>([[start, null]]);
  for (const file of importers.keys()) {
    const source = read(file);
    if (validates.test(source) || IS_SERVER_ACTION.test(source)) continue;
    for (const { path: target, kind, external } of inputs[file]?.imports ?? []) {
      if (kind !== "import-statement") continue;
      if (/^zod(\/|$)/.test(target)) return chainTo(file, importers);
      if (!external && !importers.has(target)) importers.set(target, file);
    }
  }
  return null;
}

function chainTo(file: string, importers: ReadonlyMap<string, string | null>): string {
  const importer = importers.get(file);
  return importer ? `${chainTo(importer, importers)} > ${file}` : file;
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
