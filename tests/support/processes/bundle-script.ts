import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";

/** Inside `node_modules`, so that Node finds the packages that are not bundled. */
const CACHE = path.resolve("node_modules/.cache/normaldance/scripts");
/** All that a script may import; the lock file stands for the packages. */
const SOURCES = "app contracts lib local prisma scripts tests/support tests/soak package-lock.json".split(
  " ",
);
/** They load a binary from their own folder. */
const NATIVE_PACKAGES = ["sharp", "@node-rs/argon2"];
/** A bundle already, which declares what the banner below does. */
const BUNDLED_PACKAGES = ["@vercel/otel", "@opentelemetry/*"];
/**
 * What packages in CommonJS use, and a setting of V8 for programs in WebAssembly, such as Prisma's query compiler: no
 * optimised code, which takes 0.3 s to compile and is worth it only in processes that live longer.
 */
const BANNER = `import { createRequire as requireFrom } from "node:module";
import { setFlagsFromString } from "node:v8";
const require = requireFrom(import.meta.url), __dirname = import.meta.dirname;
setFlagsFromString("--liftoff-only");`;
const KEPT_MS = 86_400_000;

const isProcess = (name: string) => name.endsWith("-process.ts");
let bundles: string | undefined;

/**
 * Bundles a script with all that it imports, packages too. Tests start hundreds of processes: compiling the two hundred
 * modules of this repository took four fifths of a process's time, and finding and compiling the thousand files of its
 * packages two thirds of the rest. The scripts of a folder that are named `*-process.ts` are bundled together. Bundles
 * are kept until a source changes, so that one test file makes them for all. @returns the bundle's path
 */
export function bundleScript(script: string): string {
  bundles ??= path.join(CACHE, fingerprint());
  const { dir, name, base } = path.parse(script);
  const together = isProcess(base) ? readdirSync(dir).filter(isProcess) : [base];
  const folder = path.join(
    bundles,
    path.relative("", isProcess(base) ? dir : script).replaceAll(path.sep, "+"),
  );
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    build(
      together.map((file) => path.join(dir, file)),
      unfinished,
    );
    publish(unfinished, folder);
  }
  return path.join(folder, `${name}.mjs`);
}

function build(entryPoints: string[], outdir: string): void {
  buildSync({
    entryPoints,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported on demand stays a file of its own.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: [...NATIVE_PACKAGES, ...BUNDLED_PACKAGES],
    alias: { "@": path.resolve() },
    banner: { js: BANNER },
    logLevel: "error",
  });
}

/** Another process may make the same bundles at the same time; then the first ones stay. */
function publish(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  for (const old of readdirSync(CACHE).map((name) => path.join(CACHE, name)))
    if (Date.now() - statSync(old).mtimeMs > KEPT_MS) rmSync(old, { recursive: true, force: true });
}

/** Changes with the size or the time of any source. */
function fingerprint(): string {
  const hash = createHash("sha256");
  const add = (file: string) => {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  };
  for (const source of SOURCES) {
    if (!statSync(source).isDirectory()) add(source);
    else
      for (const entry of readdirSync(source, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) add(path.join(entry.parentPath ?? entry.path, entry.name));
  }
  return hash.digest("hex").slice(0, 16);
}
