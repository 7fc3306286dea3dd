import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";

export interface Child {
  /** Resolves with the signal that ended it, or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number>;
  readonly process: ChildProcess;
}

/**
 * Runs a script in a process of its own, with this process's environment and more.
 *
 * @param file  a script of this folder, or an absolute path
 */
export function startChild(file: string, args: string[], env: Record<string, string> = {}): Child {
  const { script, execArgv } = prepare(path.resolve(import.meta.dirname, file));
  const child = fork(script, args, {
    execArgv,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number);
  return { ended, process: child };
}

interface Runnable {
  script: string;
  execArgv: string[];
}

/** Inside `node_modules`, so that Node finds packages from there. */
const BUNDLES = path.resolve("node_modules/.cache/normaldance/children", String(process.pid));
const runnables = new Map<string, Runnable>();

/**
 * Bundles a script with everything that it imports from this repository. Tests start hundreds of processes, and
 * compiling some two hundred modules in each took four fifths of their time. A script that serves every route imports
 * the routes' files at run time, so it cannot be bundled and is compiled as it runs.
 */
function prepare(script: string): Runnable {
  const known = runnables.get(script);
  if (known) return known;
  const outfile = path.join(BUNDLES, `${path.basename(script, ".ts")}.mjs`);
  const { metafile } = buildSync({
    entryPoints: [script],
    outfile,
    bundle: true,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    // Next's package has no `exports`, so Node wants the extension.
    alias: { "@": path.resolve(), "next/server": "next/server.js", "next/headers": "next/headers.js" },
    sourcemap: "inline",
    logLevel: "error",
  });
  if (runnables.size === 0) process.once("exit", () => rmSync(BUNDLES, { recursive: true, force: true }));
  const servesApp = Object.hasOwn(metafile.inputs, "scripts/openapi-document.ts");
  const made = servesApp ? { script, execArgv: ["--import", "tsx"] } : { script: outfile, execArgv: [] };
  runnables.set(script, made);
  return made;
}

/** Resolves with the child's first message; rejects when it ends before. */
export async function waitForMessage(child: Child): Promise<void> {
  const message = once(child.process, "message").then(() => "message");
  const outcome = await Promise.race([message, child.ended]);
  if (outcome !== "message") throw new Error(`the child ended early: ${outcome}`);
}
