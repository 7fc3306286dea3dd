import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

export interface Child {
  /** Resolves with the signal that ended it, or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number>;
  readonly process: ChildProcess;
}

/** Runs a file of this folder, or one named by its whole path, in a process of its own, with this environment and more. */
export function startChild(file: string, args: string[], env: Record<string, string> = {}): Child {
  const child = fork(path.resolve(import.meta.dirname, file), args, {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number);
  return { ended, process: child };
}

/** Resolves when the child says something; rejects when it ends before. */
export async function waitForMessage(child: Child): Promise<void> {
  const message = once(child.process, "message").then(() => "said");
  const outcome = await Promise.race([message, child.ended]);
  if (outcome !== "said") throw new Error(`the child ended early: ${outcome}`);
}
