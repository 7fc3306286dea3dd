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
  const { script, execArgv } = runnable(path.resolve(import.meta.dirname, file));
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

/** Below `node_modules`, where packages are found. */
const BUNDLES = path.resolve("node_modules/.cache/normaldance/children", String(process.pid));
const runnables = new Map<string, Runnable>();

/**
 * A script with all that it imports from this repository in one file: tests start hundreds of processes, and to compile
 * some two hundred modules in each took four fifths of their time. One that serves the app finds its routes as files
 * when it runs, and cannot be bundled.
 */
function runnable(script: string): Runnable {
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

/** Resolves when the child says something; rejects when it ends before. */
export async function nextMessage(child: Child): Promise<void> {
  const said = once(child.process, "message").then(() => "said");
  const how = await Promise.race([said, child.ended]);
  if (how !== "said") throw new Error(`the child ended early: ${how}`);
}
