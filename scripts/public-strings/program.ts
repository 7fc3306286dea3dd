import path from "node:path";
import ts from "typescript";

/**
 * The repository's code as the compiler sees it. Only the repository's own modules and zod's types are resolved:
 * a program of the whole takes five times as long, and what else a type is made of never shows in a public string.
 */

export const ROOT = path.resolve(import.meta.dirname, "../..");

const EXTENSIONS = [".ts", ".tsx", ".mts", ".mjs", ".js"];
/** What Next and Prisma generate is not always there, and must not change the answer. */
const LEFT_OUT = ["**/node_modules", "**/generated", "**/.*/", "next-env.d.ts", "tests"];
const IS_LEFT_OUT = /(^|\/)(generated|tests|\.next)(\/|$)/;
const RESOLVED_PACKAGES = new Set(["zod", "zod/mini"]);

/** What of other packages must have a type for a string to be found. */
const STUBS = `
declare module "next/headers" {
  interface CookieStore {
    get(name: string): { value: string } | undefined;
    has(name: string): boolean;
    set(name: string, value: string, options?: unknown): void;
    delete(name: string): void;
  }
  export function cookies(): Promise<CookieStore>;
  export function headers(): Promise<Headers>;
}
declare namespace NodeJS {
  interface ProcessEnv { [name: string]: string | undefined }
}
declare var process: { env: NodeJS.ProcessEnv; [name: string]: any };
interface PageQuery { [name: string]: string | string[] | undefined }
interface PageProps<Route extends string> { params: Promise<any>; searchParams: Promise<PageQuery> }
`;
const STUBS_FILE = path.join(ROOT, "public-strings-stubs.d.ts");

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.ReactJSX,
  strict: true,
  allowJs: true,
  noEmit: true,
  resolveJsonModule: true,
  skipLibCheck: true,
  types: [],
  paths: { "@/*": ["./*"] },
};

/** Of every file of the repository but its tests. */
export function createProgram(): ts.Program {
  const host = ts.createCompilerHost(OPTIONS, true);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === STUBS_FILE || fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    file === STUBS_FILE
      ? ts.createSourceFile(file, STUBS, ts.ScriptTarget.ES2023, true)
      : getSourceFile(file, ...rest);
  const cache = ts.createModuleResolutionCache(ROOT, (file) => file, OPTIONS);
  const options = { ...OPTIONS, paths: { "@/*": [path.join(ROOT, "*")] } };
  host.resolveModuleNameLiterals = (literals, containing) =>
    literals.map(({ text }) => {
      const isWanted =
        containing.includes("node_modules") || /^(\.|@\/)/.test(text) || RESOLVED_PACKAGES.has(text);
      return isWanted && !IS_LEFT_OUT.test(text)
        ? ts.resolveModuleName(text, containing, options, host, cache)
        : { resolvedModule: undefined };
    });
  const files = ts.sys.readDirectory(ROOT, EXTENSIONS, LEFT_OUT);
  return ts.createProgram([...files, STUBS_FILE], options, host);
}
