import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** How a command ended: an exit code, or the signal that ended it. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type OutputStream = "stdout" | "stderr";

export interface SpawnGuardedOptions {
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** The command's whole environment; default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Sent first; SIGKILL follows after `graceMs`. */
  readonly stopSignal?: NodeJS.Signals;
  /** Milliseconds between `stopSignal` and SIGKILL. */
  readonly graceMs?: number;
  /** Receives every line of output, without its line end. */
  readonly onLine?: (line: string, stream: OutputStream) => void;
}

export interface GuardedProcess {
  /** Pid of the command, which leads its process group; not of the guard. */
  readonly pid: number;
  /** Resolves when the command and its whole group have ended. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Ends the whole group and waits for it. Safe to call twice and after the command ended. */
  stop(): Promise<ExitStatus>;
}

/** The command could not be started: not found, not executable, no such folder. */
export class SpawnError extends Error {
  constructor(
    command: string,
    reason: string,
    /** System error code such as `ENOENT`, when there is one. */
    readonly code: string | undefined,
  ) {
    super(`${command} could not be started: ${reason}`);
    this.name = "SpawnError";
  }
}

const GUARD_PATH = fileURLToPath(new URL("./guard.mjs", import.meta.url));
/** Long enough for a database to close its files, short enough for Ctrl-C. */
const DEFAULT_GRACE_MS = 5_000;
const STATUS_FD = 3;

type GuardEvent =
  | { pid: number }
  | { error: string; errorCode?: string }
  | { code: number | null; signal: NodeJS.Signals | null };

/**
 * Runs a command as its own process group behind a guard process. However this process ends, SIGKILL included, the
 * guard sees its pipe close and ends the group. When the command exits, its group ends too. When the guard is
 * killed, this process ends the group. A process survives only when both are killed at the same instant, or when it
 * leaves the group (`setsid`).
 *
 * @returns once the command runs
 * @throws {SpawnError} when it cannot be started
 */
export async function spawnGuarded(options: SpawnGuardedOptions): Promise<GuardedProcess> {
  const guard = spawn(process.execPath, [GUARD_PATH], {
    // Not the command's environment: its NODE_OPTIONS may load a debugger or a test runner.
    env: {
      PATH: process.env.PATH,
      SystemRoot: process.env.SystemRoot,
      NODE_ENV: process.env.NODE_ENV,
    },
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const spawnRequest = {
    command: options.command,
    args: options.args ?? [],
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? process.env,
    stopSignal: options.stopSignal ?? "SIGTERM",
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
  };
  const guardStdin = guard.stdin as Writable;
  guardStdin.on("error", () => {}); // the guard has exited: its exit event is handled below
  guardStdin.write(`${JSON.stringify(spawnRequest)}\n`);
  const { onLine } = options;
  forwardLines(guard.stdout, (line) => onLine?.(line, "stdout"));
  forwardLines(guard.stderr, (line) => onLine?.(line, "stderr"));

  const { started, exited } = followGuard(guard, options.command);
  const pid = await started;
  return {
    pid,
    exited,
    stop: () => {
      guardStdin.end();
      return exited;
    },
  };
}

function followGuard(guard: ChildProcess, command: string) {
  let pid: number | undefined;
  let status: ExitStatus | undefined;
  const started = deferred<number>();
  const exited = deferred<ExitStatus>();
  forwardLines(guard.stdio[STATUS_FD] as Readable, (line) => {
    const event = JSON.parse(line) as GuardEvent;
    if ("pid" in event) {
      pid = event.pid;
      started.resolve(event.pid);
    } else if ("error" in event) {
      started.reject(new SpawnError(command, event.error, event.errorCode));
    } else {
      status = event;
    }
  });
  guard.on("error", (error: NodeJS.ErrnoException) => {
    started.reject(new SpawnError(command, error.message, error.code));
  });
  // "close" comes after every stream was read to its end, so no line and no status is lost.
  guard.on("close", () => {
    started.reject(new SpawnError(command, "the guard process ended before the command ran", undefined));
    if (status === undefined && pid !== undefined) killGroup(pid);
    exited.resolve(status ?? { code: null, signal: "SIGKILL" });
  });
  // After a killed guard the command still holds the streams open, so "close" would never come.
  guard.on("exit", (_code, signal) => {
    if (signal !== null && pid !== undefined) killGroup(pid);
  });
  return { started: started.promise, exited: exited.promise };
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** `Promise.withResolvers`, which Node has from 22 on. */
function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>["resolve"] = () => {};
  let reject: Deferred<T>["reject"] = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // already ended
  }
}

function forwardLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onLine);
}
