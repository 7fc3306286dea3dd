import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished, vi } from "vitest";
import { waitUntil } from "../clients/wait-until";

export interface Command {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly stdio: { output: string; errors: string };
  /** Its exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

/**
 * Runs a program of the repository in a child process, which is killed after the test.
 * @param file  relative to the repository's root, or the path of a bundle, which starts in a third of the time
 */
export function startCommand(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Command {
  // It would compile a bundle again.
  const loader = file.endsWith(".ts") ? ["--import", "tsx"] : [];
  const child = spawn(process.execPath, [...loader, file, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdio = { output: "", errors: "" };
  child.stdout.on("data", (data: Buffer) => {
    stdio.output += data;
  });
  child.stderr.on("data", (data: Buffer) => {
    stdio.errors += data;
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, stdio, ended };
}

/**
 * Runs a program that only prints and exits: its help, or an error about an option. It runs in this process, which is a
 * second faster than a child process.
 *
 * @param load  imports the program
 */
export async function runCommand(
  load: () => Promise<unknown>,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<{ code: number; output: string; errors: string }> {
  const { argv, env: environment, exitCode } = process;
  const stdio = { output: "", errors: "" };
  const write = (to: keyof typeof stdio) => (text: unknown) => {
    stdio[to] += String(text);
    return true;
  };
  const print = (to: keyof typeof stdio) => (text: unknown) => {
    stdio[to] += `${String(text)}\n`;
  };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(write("output")),
    vi.spyOn(process.stderr, "write").mockImplementation(write("errors")),
    vi.spyOn(console, "log").mockImplementation(print("output")),
    vi.spyOn(console, "warn").mockImplementation(print("errors")),
    vi.spyOn(console, "error").mockImplementation(print("errors")),
    vi.spyOn(process, "exit").mockImplementation((code) => {
      process.exitCode = code ?? 0;
      return undefined as never;
    }),
  ];
  process.argv = [process.execPath, "program", ...args];
  process.env = { ...env } as NodeJS.ProcessEnv;
  process.exitCode = undefined;
  try {
    vi.resetModules();
    await load();
    await waitUntil("the program has printed something", () => stdio.output !== "" || stdio.errors !== "");
    return { code: Number(process.exitCode ?? 0), ...stdio };
  } finally {
    for (const spy of spies) spy.mockRestore();
    Object.assign(process, { argv, env: environment });
    process.exitCode = exitCode;
  }
}
