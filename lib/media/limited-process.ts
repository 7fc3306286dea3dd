import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { atExit } from "../core/at-exit";

/** What a process may use. */
export interface ProcessLimits {
  /** Of JavaScript. */
  heapMegabytes: number;
  /** Of the whole process; looked at every 250 ms on Linux. */
  residentBytes: number;
  /** Of data segments; a limit of the system, for what grows faster than it is looked at. */
  dataKilobytes: number;
  /** Of one file that it writes, in blocks of 512 bytes. */
  fileBlocks: number;
  openFiles: number;
  processorSeconds: number;
}

/** How a process ended. */
export interface ProcessEnd {
  reason: string;
  /**
   * Whether its work ended it: a fault or a limit. A signal from outside, such as that of a shutdown or of a system
   * without memory, says nothing about its work; and a script that ends by itself was not installed as a whole.
   */
  isItsFault: boolean;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const MEMORY_CHECK_INTERVAL_MS = 250;
/** Until the system kills what does not end at the signal that its processor time is up. */
const PROCESSOR_GRACE_SECONDS = 5;
const FAULT_SIGNALS = new Set([
  "SIGSEGV",
  "SIGBUS",
  "SIGABRT",
  "SIGILL",
  "SIGFPE",
  "SIGTRAP",
  "SIGXCPU",
  "SIGXFSZ",
]);

const running = new Set<LimitedProcess>();
let isExiting = false;
atExit(() => {
  isExiting = true;
  for (const process of running) process.kill("this process is exiting", { isItsFault: false });
});

/**
 * A script of ours in a process of its own, because it reads strangers' files: a crash ends that process, and its memory,
 * processor time and files are limited. It gets nothing of the environment, so none of our secrets.
 */
export class LimitedProcess {
  readonly ended: Promise<ProcessEnd>;
  private readonly child: Child;
  private killed: ProcessEnd | undefined;
  private errorText = "";

  /**
   * @param script  relative to the app's folder. Callers join no path: with one that the bundler can follow, every
   *                function would carry what the script imports. next.config.mjs adds it to those that run it
   */
  constructor(script: string, args: readonly string[], limits: ProcessLimits) {
    const file = [process.cwd(), script].join("/");
    const node = [process.execPath, `--max-old-space-size=${limits.heapMegabytes}`, file, ...args];
    // On Windows only the heap and the lifetime are limited.
    const [command = "", ...rest] = process.platform === "win32" ? node : [...limitingShell(limits), ...node];
    this.child = spawn(command, rest, { stdio: ["pipe", "pipe", "pipe"], env: {} as NodeJS.ProcessEnv });
    running.add(this);
    this.child.stderr.on("data", (chunk: Buffer) => {
      this.errorText = `${this.errorText}${chunk.toString()}`.slice(-500);
    });
    // A broken pipe shows as the end of the process.
    this.child.stdin.on("error", () => {});
    const watch = setInterval(() => void this.checkMemory(limits.residentBytes), MEMORY_CHECK_INTERVAL_MS);
    this.ended = new Promise<ProcessEnd>((resolve) => {
      this.child.once("error", (error) => resolve({ reason: error.message, isItsFault: false }));
      this.child.once("exit", (code, signal) => resolve(this.killed ?? endOf(code, signal)));
    }).finally(() => {
      running.delete(this);
      clearInterval(watch);
    });
  }

  get stdin(): Writable {
    return this.child.stdin;
  }

  get stdout(): Readable {
    return this.child.stdout;
  }

  /** The end of what it wrote to its standard error. */
  get output(): string {
    return this.errorText;
  }

  /** @param isItsFault  it went over a limit */
  kill(reason: string, { isItsFault }: { isItsFault: boolean }): void {
    this.killed ??= { reason, isItsFault };
    this.child.kill("SIGKILL");
  }

  /** Where the system shows it (Linux). */
  private async checkMemory(maxBytes: number): Promise<void> {
    const { pid } = this.child;
    if (pid === undefined || process.platform !== "linux") return;
    const pages = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
    const resident = Number(pages.split(" ")[1] ?? 0) * 4_096;
    if (resident > maxBytes) this.kill("over its memory", { isItsFault: true });
  }
}

/** What the system has is set by the shell. */
function limitingShell(limits: ProcessLimits): string[] {
  const { dataKilobytes, fileBlocks, openFiles, processorSeconds } = limits;
  const ulimits = [
    ...["-c 0", `-d ${dataKilobytes}`, `-f ${fileBlocks}`, `-n ${openFiles}`],
    // The soft limit ends the process by SIGXCPU, which names the cause; the hard one by SIGKILL.
    ...[`-S -t ${processorSeconds}`, `-H -t ${processorSeconds + PROCESSOR_GRACE_SECONDS}`],
  ];
  return ["/bin/sh", "-c", `${ulimits.map((limit) => `ulimit ${limit}`).join("; ")}; exec "$0" "$@"`];
}

function endOf(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
  if (signal === null) return { reason: `exit ${code}`, isItsFault: false };
  return { reason: signal, isItsFault: !isExiting && FAULT_SIGNALS.has(signal) };
}
