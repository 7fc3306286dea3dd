import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { atExit } from "../../core/at-exit";
import { log } from "../../core/log";
import { type FileProblem, fileProblems } from "../../schemas/media-file";
import type { RenditionFormat } from "../../tasks/queues/audio-transcoding";

/**
 * FFmpeg (node-av) in a process of its own, because it reads strangers' files: a crash ends that process, and its
 * memory, processor time, files and lifetime are limited. It opens nothing but the given file, no playlist and no
 * address (lib/media/transcode/engine/decode.mjs).
 */

/** Joined by hand: with a path that the bundler can follow, every function would carry FFmpeg. next.config.mjs adds it. */
const scriptFile = () => [process.cwd(), "lib/media/transcode/engine/main.mjs"].join("/");

/** Of JavaScript; the samples are outside of it. */
const HEAP_MEGABYTES = 128;
/** Of the whole process, which needs about 100 MB. */
const MAX_RESIDENT_BYTES = 700 * 1024 * 1024;
const MEMORY_CHECK_INTERVAL_MS = 250;
/** Of data segments; a limit of the system, for what grows faster than it is looked at. */
const DATA_KILOBYTES = 1_200_000;
/** Of one file, in blocks of 512 bytes: 2 GB. A FLAC of two hours has less. */
const FILE_BLOCKS = 4_194_304;
const OPEN_FILES = 64;
const PROCESSOR_SECONDS = 600;

/** What the system has is set by the shell; on Windows only the heap, the lifetime and the result are limited. */
const LIMITING_SHELL = [
  "/bin/sh",
  "-c",
  `ulimit -c 0; ulimit -d ${DATA_KILOBYTES}; ulimit -f ${FILE_BLOCKS}; ulimit -n ${OPEN_FILES}; ` +
    `ulimit -t ${PROCESSOR_SECONDS}; exec "$0" "$@"`,
] as const;

/** The file itself is the reason: a repeat finds the same. */
export class FileProblemError extends Error {
  constructor(
    readonly problem: FileProblem,
    detail: string,
  ) {
    super(detail);
    this.name = "FileProblemError";
  }
}

/** The process ended by itself or went over a limit, which may be the file's fault or the machine's. */
export class EngineCrashError extends Error {
  constructor(reason: string) {
    super(`the transcoder ended: ${reason}`);
    this.name = "EngineCrashError";
  }
}

export const measurementSchema = z.object({
  /** Decoded. */
  seconds: z.number().positive(),
  sampleRate: z.int().positive(),
  channels: z.int().positive(),
  /** LUFS, of two channels. */
  loudness: z.number(),
  /** dBTP, of two channels. */
  truePeak: z.number(),
  peaks: z.array(z.int().min(0).max(255)).min(1),
});

export type Measurement = z.infer<typeof measurementSchema>;

const encodingSchema = z.object({
  /** In all parts so far. */
  packets: z.int().nonnegative(),
  finished: z.boolean(),
  /** At the rendition's rate. */
  samples: z.int().nonnegative(),
  sampleRate: z.int().positive(),
  /** Samples that the encoder puts before the sound. */
  padding: z.int().nonnegative(),
});

const results = {
  measure: measurementSchema,
  /** `truePeak` is null when it is below the ceiling for certain. */
  verify: z.object({ loudness: z.number(), truePeak: z.number().nullable() }),
  encode: encodingSchema,
  join: z.object({ packets: z.int().positive() }),
};

interface Steps {
  measure: { input: string; minSeconds: number; maxSeconds: number };
  verify: { input: string; ceiling: number };
  encode: {
    input: string;
    output: string;
    format: RenditionFormat;
    gain: number;
    fromPacket?: number;
    excerpt?: { fromSeconds: number; seconds: number; fadeSeconds: number };
    budgetMs?: number;
  };
  join: {
    parts: string[];
    output: string;
    format: RenditionFormat;
    samples: number;
    sampleRate: number;
    padding: number;
  };
}

const messageSchema = z.union([
  z.object({ seconds: z.number() }),
  z.object({ result: z.unknown() }),
  z.object({ problem: z.enum(fileProblems), detail: z.string() }),
  z.object({ error: z.string() }),
]);

interface StepOptions {
  /** The process is killed after this long. */
  limitMs: number;
  /** Called with the seconds that are done, one call at a time; when it rejects, the process is killed. */
  onProgress?: (seconds: number) => Promise<void>;
}

type EngineProcess = ChildProcessByStdio<Writable, Readable, Readable>;

const running = new Set<EngineProcess>();
atExit(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** One process, for the steps of one run of a task. */
export class Engine {
  private readonly child: EngineProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<string>;
  private killReason: string | undefined;
  private errorText = "";

  /** @param signal  aborting it kills the process */
  constructor(private readonly signal: AbortSignal) {
    const node = [process.execPath, `--max-old-space-size=${HEAP_MEGABYTES}`, scriptFile()];
    const [command = "", ...args] = process.platform === "win32" ? node : [...LIMITING_SHELL, ...node];
    // Of the environment it gets nothing: it has no use for our secrets.
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: {} as NodeJS.ProcessEnv });
    running.add(this.child);
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr.on("data", (chunk: Buffer) => {
      this.errorText = `${this.errorText}${chunk.toString()}`.slice(-500);
    });
    // A broken pipe shows as the end of the process.
    this.child.stdin.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(error.message));
      this.child.once("exit", (code, killedBy) => resolve(this.killReason ?? killedBy ?? `exit ${code}`));
    });
    const watch = setInterval(() => void this.checkMemory(), MEMORY_CHECK_INTERVAL_MS);
    const onAbort = () => this.kill("the run was stopped");
    signal.addEventListener("abort", onAbort);
    void this.ended.then(() => {
      running.delete(this.child);
      clearInterval(watch);
      signal.removeEventListener("abort", onAbort);
    });
    if (signal.aborted) onAbort();
  }

  /**
   * Runs one step; one at a time.
   * @throws {FileProblemError} the file is damaged, silent, …; {EngineCrashError}; what `onProgress` rejects with; Error
   *         for anything else, such as a full disk
   */
  async run<S extends keyof Steps>(
    step: S,
    options: Steps[S],
    { limitMs, onProgress }: StepOptions,
  ): Promise<z.infer<(typeof results)[S]>> {
    const timer = setTimeout(() => this.kill(`${step} took over ${limitMs} ms`), limitMs);
    let reporting: Promise<void> | undefined;
    const failure: { error?: unknown; occurred: boolean } = { occurred: false };
    try {
      this.child.stdin.write(`${JSON.stringify({ step, ...options })}\n`);
      for (;;) {
        const line = await this.lines.next();
        if (failure.occurred) throw failure.error;
        if (line.done) throw await this.endError();
        const message = messageSchema.parse(JSON.parse(line.value));
        if ("seconds" in message) {
          reporting ??= onProgress?.(message.seconds)
            .catch((error: unknown) => {
              failure.error = error;
              failure.occurred = true;
              this.kill("the run was stopped");
            })
            .finally(() => {
              reporting = undefined;
            });
          continue;
        }
        await reporting;
        if (failure.occurred) throw failure.error;
        if ("problem" in message) throw new FileProblemError(message.problem, message.detail);
        if ("error" in message) throw new Error(`transcoding failed in ${step}: ${message.error}`);
        return results[step].parse(message.result) as z.infer<(typeof results)[S]>;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process. Safe to repeat. */
  async close(): Promise<void> {
    this.kill("closed");
    await this.ended;
  }

  private async endError(): Promise<Error> {
    const reason = await this.ended;
    if (this.signal.aborted) return new Error("transcoding stopped", { cause: this.signal.reason });
    log().warn({ reason, output: this.errorText }, "transcoder process ended");
    return new EngineCrashError(reason);
  }

  private kill(reason: string): void {
    this.killReason ??= reason;
    this.child.kill("SIGKILL");
  }

  /** Where the system shows it (Linux). */
  private async checkMemory(): Promise<void> {
    const { pid } = this.child;
    if (pid === undefined || process.platform !== "linux") return;
    const pages = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
    const resident = Number(pages.split(" ")[1] ?? 0) * 4_096;
    if (resident > MAX_RESIDENT_BYTES) this.kill("over its memory");
  }
}
