import { createInterface } from "node:readline";
import { z } from "zod";
import { log } from "../../core/log";
import { fileProblems } from "../../schemas/media-file";
import type { RenditionFormat } from "../../tasks/queues/audio-transcoding";
import { LimitedProcess } from "../limited-process";
import { FileProblemError } from "./file-problem-error";

/**
 * FFmpeg (node-av) in a process of its own. It opens nothing but the given file, no playlist and no address
 * (lib/media/transcode/engine/decode.mjs).
 */

const LIMITS = {
  heapMegabytes: 128,
  // It needs about 100 MB, and the samples are outside of the heap.
  residentBytes: 700 * 1024 * 1024,
  dataKilobytes: 1_200_000,
  // 2 GB. A FLAC of two hours has less.
  fileBlocks: 4_194_304,
  openFiles: 64,
  processorSeconds: 600,
};

/** The process crashed or went over a limit, which may be the file's fault or the machine's. */
export class EngineCrashError extends Error {
  constructor(reason: string) {
    super(`the transcoder ended: ${reason}`);
    this.name = "EngineCrashError";
  }
}

export const measurementSchema = z.object({
  /** Decoded. */
  seconds: z.number().positive(),
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
    /** Joins only this many packets on each side of the seam between two parts. */
    around?: number;
  };
}

const messageSchema = z.union([
  z.object({ seconds: z.number() }),
  z.object({ result: z.unknown() }),
  z.object({ problem: z.enum(fileProblems), detail: z.string() }),
  /** `code` as in Node's own errors. */
  z.object({ error: z.string(), code: z.string().optional() }),
]);

interface StepOptions {
  /** The process is killed after this long. */
  limitMs: number;
  /** Called with the seconds that are done, one call at a time; when it rejects, the process is killed. */
  onProgress?: (seconds: number) => Promise<void>;
}

/** One process, for the steps of one run of a task. */
export class Engine {
  private readonly process = new LimitedProcess("lib/media/transcode/engine/main.mjs", [], LIMITS);
  private readonly lines: AsyncIterator<string>;

  /** @param signal  aborting it kills the process */
  constructor(private readonly signal: AbortSignal) {
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    const onAbort = () => this.stop();
    signal.addEventListener("abort", onAbort);
    void this.process.ended.then(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) onAbort();
  }

  /**
   * Runs one step; one at a time.
   * @throws {FileProblemError} the file is damaged, silent, …; {EngineCrashError}; what `onProgress` rejects with; Error
   *         for anything else, such as a full disk, and a process that was stopped from outside
   */
  async run<S extends keyof Steps>(
    step: S,
    options: Steps[S],
    { limitMs, onProgress }: StepOptions,
  ): Promise<z.infer<(typeof results)[S]>> {
    const timer = setTimeout(
      () => this.process.kill(`${step} took over ${limitMs} ms`, { isItsFault: true }),
      limitMs,
    );
    let reporting: Promise<void> | undefined;
    const failure: { error?: unknown; occurred: boolean } = { occurred: false };
    try {
      this.process.stdin.write(`${JSON.stringify({ step, ...options })}\n`);
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
              this.stop();
            })
            .finally(() => {
              reporting = undefined;
            });
          continue;
        }
        await reporting;
        if (failure.occurred) throw failure.error;
        if ("problem" in message) throw new FileProblemError(message.problem, message.detail);
        if ("error" in message) {
          const { error, code } = message;
          throw Object.assign(new Error(`transcoding failed in ${step}: ${error}`), code ? { code } : {});
        }
        return results[step].parse(message.result) as z.infer<(typeof results)[S]>;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process. Safe to repeat. */
  async close(): Promise<void> {
    this.stop();
    await this.process.ended;
  }

  private stop(): void {
    this.process.kill("the run was stopped", { isItsFault: false });
  }

  private async endError(): Promise<Error> {
    const { reason, isItsFault } = await this.process.ended;
    if (this.signal.aborted) return new Error("transcoding stopped", { cause: this.signal.reason });
    log().warn({ reason, isItsFault, output: this.process.output }, "transcoder process ended");
    return isItsFault ? new EngineCrashError(reason) : new Error(`the transcoder was stopped: ${reason}`);
  }
}
