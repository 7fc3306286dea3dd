import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { bundleScript } from "./bundle-script";

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
  const child = fork(bundleScript(path.resolve(import.meta.dirname, file)), args, {
    // No flags of the test runner.
    execArgv: [],
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number);
  return { ended, process: child };
}

/** Resolves with the child's first message; rejects when it ends before. */
export async function waitForMessage(child: Child): Promise<void> {
  const message = once(child.process, "message").then(() => "message");
  const outcome = await Promise.race([message, child.ended]);
  if (outcome !== "message") throw new Error(`the child ended early: ${outcome}`);
}
