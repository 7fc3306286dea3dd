import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build, type Metafile } from "esbuild";
import { beforeAll, expect, it } from "vitest";
import onDemandMessages from "@/app/i18n/messages/on-demand/ru.json";

/**
 * A page carries the texts of its own client components. Each route file is compared with what its layouts, and the
 * components that it renders, provide: a text that is missing would show its key. Components that load with
 * `withOnDemandMessages` have its texts too.
 */

const ROUTE_FILE = /\/(page|layout|template|loading|error|not-found)\.tsx$/;
const IS_CLIENT = /^["']use client["']/m;
const LOADS_ON_DEMAND = /\bwithOnDemandMessages\(\s*import\(/g;
const LOADS = /\bimport\(/g;
const onDemandNamespaces = new Set(Object.keys(onDemandMessages));
const IS_SERVER_ACTION = /^["']use server["']/m;
const USES = /\buse(?:Translations|Messages)(?:<[^>]*>)?\(\s*([^)]*?)\s*\)/g;
const PROVIDES = /(?:\blayoutWithMessages\(([^)]*)\)|<ClientMessages\s+namespaces=\{\[([^\]]*)\]\})/g;
const SHELL_PROVIDES = /SHELL_NAMESPACES[^=]*=([^;]*);/;

let inputs: Metafile["inputs"];
let routeFiles: string[];

beforeAll(async () => {
  routeFiles = readdirSync("app", { recursive: true, encoding: "utf8" })
    .map((file) => path.join("app", file))
    .filter((file) => ROUTE_FILE.test(file))
    .sort();
  const { metafile } = await build({
    entryPoints: routeFiles,
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    format: "esm",
    platform: "node",
    outdir: "unused",
    packages: "external",
    alias: { "@": path.resolve() },
    loader: { ".css": "empty", ".json": "empty" },
    external: ["*.css"],
    logLevel: "silent",
  });
  inputs = metafile.inputs;
});

it("every route provides the texts that its client components use", () => {
  expect(routeFiles.length).toBeGreaterThan(60);
  const missing = routeFiles.flatMap((file) => {
    const provided = providedTo(file);
    return [...findUses(file)]
      .filter(([namespace]) => !provided.has(namespace))
      .map(([namespace, user]) => `${file}: ${namespace} in ${user}`);
  });
  expect(missing).toEqual([]);
});

it("no layout provides texts that no client component below it uses", () => {
  const surplus = routeFiles
    .filter((file) => /\/(layout|template)\.tsx$/.test(file))
    .flatMap((file) => {
      const folder = path.dirname(file);
      const used = new Set(
        routeFiles
          .filter((other) => other.startsWith(`${folder}/`))
          .flatMap((other) => [...findUses(other).keys()]),
      );
      return [...providedBy(file)]
        .filter((namespace) => !used.has(namespace))
        .map((namespace) => `${file}: ${namespace}`);
    });
  expect(surplus).toEqual([]);
});

it("the shell carries no texts that its components load on demand", () => {
  expect([...providedBy("app/layout.tsx")].filter((namespace) => onDemandNamespaces.has(namespace))).toEqual(
    [],
  );
});

it("sees the shell's texts and those of a page", () => {
  expect(findUses("app/layout.tsx").has("shell")).toBe(true);
  expect(findUses("app/(site)/(feed)/page.tsx").has("views")).toBe(true);
  expect(providedTo("app/(site)/(feed)/page.tsx").has("postList")).toBe(true);
});

/** What the client components that a file leads to use, each with a module that does. */
function findUses(file: string): Map<string, string> {
  const uses = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (module: string, fromClient: boolean, isOnDemand: boolean) => {
    const source = read(module);
    const isClient = fromClient || IS_CLIENT.test(source);
    const key = `${String(isClient)} ${String(isOnDemand)} ${module}`;
    if (seen.has(key) || (fromClient && IS_SERVER_ACTION.test(source))) return;
    seen.add(key);
    if (isClient)
      for (const namespace of usesOf(module, source))
        if (!isOnDemand || !onDemandNamespaces.has(namespace)) uses.set(namespace, module);
    const loadsOnDemand = source.match(LOADS_ON_DEMAND) !== null;
    if (loadsOnDemand)
      expect(source.match(LOADS)?.length, module).toBe(source.match(LOADS_ON_DEMAND)?.length);
    for (const { external, path: imported, kind } of inputs[module]?.imports ?? [])
      if (!external && /\.tsx?$/.test(imported))
        visit(imported, isClient, isOnDemand || (loadsOnDemand && kind === "dynamic-import"));
  };
  visit(file, false, false);
  return uses;
}

/** Namespaces whose names are decided at run time. */
const COMPUTED: Readonly<Record<string, string[]>> = {
  "app/_features/posts/views/view-count.tsx of": ["views", "plays"],
  // Adds to whatever there is.
  "app/i18n/added-messages.tsx ": [],
};

function usesOf(module: string, source: string): string[] {
  return [...source.matchAll(USES)].flatMap(([, argument = ""]) => {
    const literal = /^"([^".]+)/.exec(argument)?.[1];
    if (literal !== undefined) return [literal];
    const computed = COMPUTED[`${module} ${argument}`];
    if (!computed) throw new Error(`${module}: which texts are ${argument}?`);
    return computed;
  });
}

/** What the layouts around a route file provide, and what it provides by itself to what it renders. */
function providedTo(file: string): Set<string> {
  const folders = path.dirname(file).split("/");
  const layouts = folders.map((_, i) => path.join(...folders.slice(0, i + 1), "layout.tsx"));
  const provided = new Set<string>();
  for (const source of [...layouts.filter((layout) => routeFiles.includes(layout)), file])
    for (const namespace of providedBy(source)) provided.add(namespace);
  return provided;
}

/** By a file and the server components that it imports. */
function providedBy(file: string): Set<string> {
  const provided = new Set<string>();
  const seen = new Set<string>();
  const visit = (module: string) => {
    const source = read(module);
    if (seen.has(module) || IS_CLIENT.test(source)) return;
    seen.add(module);
    const lists = [...source.matchAll(PROVIDES)].map(([, layout, component]) => layout ?? component ?? "");
    if (module === "app/layout.tsx") lists.push(SHELL_PROVIDES.exec(source)?.[1] ?? "");
    for (const [, namespace = ""] of lists.join().matchAll(/"(\w+)"/g)) provided.add(namespace);
    for (const imported of inputs[module]?.imports ?? [])
      if (!imported.external && imported.path.startsWith("app/")) visit(imported.path);
  };
  visit(file);
  return provided;
}

const sources = new Map<string, string>();
function read(file: string): string {
  const known = sources.get(file);
  if (known !== undefined) return known;
  const source = readFileSync(file, "utf8");
  sources.set(file, source);
  return source;
}
