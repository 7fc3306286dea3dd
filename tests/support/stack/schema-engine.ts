import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";

/**
 * Loads the WebAssembly build of Prisma's schema engine, for which the CLI would download a binary. Its own entry point
 * imports a `.wasm` file, which Node 20 cannot, so this instantiates it.
 */
export async function loadSchemaEngine(): Promise<typeof engine.SchemaEngine> {
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const file = entry.replace(/\.js$/, ".wasm");
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    "./schema_engine_bg.js": engine as unknown as WebAssembly.ModuleImports,
  });
  const { __wbg_set_wasm } = engine as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void };
  __wbg_set_wasm(instance.exports);
  const { __wbindgen_start } = instance.exports;
  if (typeof __wbindgen_start === "function") __wbindgen_start();
  return engine.SchemaEngine;
}
