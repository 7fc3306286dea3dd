import { failpoint } from "../../core/failpoint";
import { MAX_TRACK_SECONDS, PREVIEW_SECONDS } from "../../schemas/limits";
import type { FileProblem } from "../../schemas/media-file";
import { peaksSchema } from "../../schemas/track";
import type { TaskContext } from "../../tasks";
import type { RenditionFormat, ResumedEncoding } from "../../tasks/queues/audio-transcoding";
import { noteCrash } from "./crashes";
import { EngineCrashError, type Measurement } from "./engine";
import { FileProblemError } from "./file-problem-error";
import { correctGain, MAX_TRUE_PEAK_DBTP, type MeasuredLevel, planGain } from "./loudness";
import { PLAYED_FORMATS, RENDITIONS } from "./renditions";
import { type Blobs, type OriginalSound, type StoredVariant, TranscodingRun } from "./run";

/** Time limits of one run, whose function may take 300 s. */
const LIMITS = {
  /** A sound of two hours takes about a minute. */
  measureMs: 240_000,
  /** From the start of the run; then the encoding goes on in the next task. */
  encodeUntilMs: 140_000,
  /** Less is not begun in a run. */
  minEncodeMs: 30_000,
  /** For an encoder that does not look at its budget. */
  encodeGraceMs: 60_000,
  verifyMs: 100_000,
  joinMs: 60_000,
} as const;

/** Packets on each side of a seam that are measured together: about a second, many times a decoder's memory. */
const SEAM_PACKETS = 50;
/** Runs of one encoding: two hours need as many on a core with a tenth of the usual speed. */
const MAX_RUNS = 20;

/** Shorter sounds are mistakes. */
const MIN_TRACK_SECONDS = 1;
/** Where the preview begins: by then most tracks have left their introduction. */
const PREVIEW_START = 1 / 3;
/** A preview is at most this much of the track, so that a short one is not given away. */
const MAX_PREVIEW_SHARE = 1 / 2;
const PREVIEW_FADE_SECONDS = 0.5;

type Outcome =
  /** The file itself is the reason. */
  | { outcome: "refused"; problem: FileProblem }
  | { outcome: "measured"; measurement: Omit<Measurement, "peaks">; variants: StoredVariant[] }
  | { outcome: "encoded"; variants: StoredVariant[] }
  /** The next task continues. */
  | { outcome: "unfinished"; resume: ResumedEncoding };

/** `superfluous`: blobs that nothing needs once the outcome has committed. */
export type Transcoded = Outcome & { stored: Blobs; superfluous: Blobs };

/**
 * Measures a sound, and stores its waveform.
 *
 * @returns null when the original is gone
 * @throws {LeaseLostError}; {AppError} unavailable; Error when a repeat may succeed. Nothing stays stored then
 */
export function measureSound(original: OriginalSound, context: TaskContext): Promise<Transcoded | null> {
  return transcode(original, context, async (run) => {
    const { peaks, ...measurement } = await run.engine.run(
      "measure",
      { input: run.input, minSeconds: MIN_TRACK_SECONDS, maxSeconds: MAX_TRACK_SECONDS },
      // The length is not known yet: half of the bar is an hour.
      { limitMs: LIMITS.measureMs, onProgress: (seconds) => run.report(seconds / (seconds + 3_600)) },
    );
    await failpoint("transcoding.encoded");
    const waveform = peaksSchema.parse({ version: 1, durationSeconds: measurement.seconds, peaks });
    const variants = [await run.storeJson("peaks", JSON.stringify(waveform))];
    await failpoint("transcoding.stored");
    return { outcome: "measured", measurement, variants };
  });
}

export interface Encoding {
  format: RenditionFormat;
  level: MeasuredLevel;
  /** Of the decoded sound. */
  seconds: number;
  resume: ResumedEncoding | undefined;
  /** Tests make a run shorter. */
  encodeUntilMs?: number;
}

/**
 * Encodes a sound in one format, and a preview if players need the format. What does not fit into one run is stored in
 * parts, which the last run joins.
 *
 * @returns null when the original is gone
 * @throws {LeaseLostError}; {AppError} unavailable; Error when a repeat may succeed. Nothing stays stored then
 */
export function encodeSound(
  original: OriginalSound,
  { format, level: originalLevel, seconds, resume, encodeUntilMs = LIMITS.encodeUntilMs }: Encoding,
  context: TaskContext,
): Promise<Transcoded | null> {
  return transcode(original, context, async (run) => {
    const number = resume?.run ?? 1;
    let state = resume ?? { parts: [], packets: 0, gain: planGain(originalLevel, format), corrections: 0 };
    const part = run.file("part.mka");
    for (;;) {
      const { packets: fromPacket, gain } = state;
      // FLAC is fast, and its frames are numbered: it is never cut.
      const budgetMs = format === "flac" ? {} : { budgetMs: encodeUntilMs - run.elapsedMs() };
      const encoded = await run.engine.run(
        "encode",
        { input: run.input, output: part, format, gain, fromPacket, ...budgetMs },
        {
          limitMs: LIMITS.encodeUntilMs + LIMITS.encodeGraceMs,
          onProgress: (done) => run.report(done / seconds),
        },
      );
      const { loudness, truePeak } = await verify(run, part);
      const isWhole = fromPacket === 0 && encoded.finished;
      const level = { loudness: isWhole ? loudness : null, truePeak };
      let corrected = correctGain(gain, level, state.corrections);
      let parts: string[] = [];
      const { samples, sampleRate, padding } = encoded;
      const joined = { format, samples, sampleRate, padding };
      if (corrected === null && encoded.finished) {
        const earlierParts = await run.downloadParts(state.parts);
        // They are deleted two days after they were stored, and a chain of tasks may take longer.
        if (earlierParts === null) {
          run.discard(state.parts);
          return unfinished({ ...state, parts: [], packets: 0 }, number);
        }
        parts = [...earlierParts, part];
        const ofSeams = { loudness: null, truePeak: await verifySeams(run, parts, joined) };
        corrected = correctGain(gain, ofSeams, state.corrections);
      }
      if (corrected !== null) {
        run.discard(state.parts);
        state = { parts: [], packets: 0, gain: corrected, corrections: state.corrections + 1 };
        if (encodeUntilMs - run.elapsedMs() >= LIMITS.minEncodeMs) continue;
        return unfinished(state, number);
      }
      await failpoint("transcoding.encoded");
      if (!encoded.finished) {
        const stored = [...state.parts, await run.storePart(part)];
        await failpoint("transcoding.stored");
        return unfinished({ ...state, parts: stored, packets: encoded.packets }, number);
      }
      const rendition = run.file(`rendition.${RENDITIONS[format].extension}`);
      await run.engine.run("join", { parts, output: rendition, ...joined }, { limitMs: LIMITS.joinMs });
      const preview = PLAYED_FORMATS.includes(format)
        ? await encodePreview(run, format, gain, seconds)
        : null;
      const variants = [await run.storeFile("rendition", format, rendition)];
      if (preview !== null) variants.push(await run.storeFile("preview", format, preview));
      run.discard(state.parts);
      await failpoint("transcoding.stored");
      return { outcome: "encoded", variants };
    }
  });
}

function unfinished(state: Omit<ResumedEncoding, "run">, run: number): Outcome {
  if (run >= MAX_RUNS) throw new FileProblemError("too_complex", `unfinished after ${run} runs`);
  return { outcome: "unfinished", resume: { ...state, run: run + 1 } };
}

/** Measures an encoding; `truePeak` is null when it is below the ceiling for certain. */
function verify(run: TranscodingRun, input: string): Promise<{ loudness: number; truePeak: number | null }> {
  return run.engine.run(
    "verify",
    { input, ceiling: MAX_TRUE_PEAK_DBTP },
    { limitMs: LIMITS.verifyMs, onProgress: () => run.report() },
  );
}

/**
 * Measures what was measured in no part. Joining copies packets, so a rendition sounds as its parts do, except where a
 * decoder goes on from one to the next: there it has the end of the one in its memory, for some frames.
 *
 * @returns the highest true peak; null when all are below the ceiling for certain
 */
async function verifySeams(
  run: TranscodingRun,
  parts: readonly string[],
  joined: { format: RenditionFormat; samples: number; sampleRate: number; padding: number },
): Promise<number | null> {
  const output = run.file("seam.mka");
  let highest: number | null = null;
  for (let index = 1; index < parts.length; index++) {
    const step = { parts: parts.slice(index - 1, index + 1), output, ...joined, around: SEAM_PACKETS };
    await run.engine.run("join", step, { limitMs: LIMITS.joinMs });
    const { truePeak } = await verify(run, output);
    if (truePeak !== null) highest = Math.max(truePeak, highest ?? truePeak);
  }
  return highest;
}

/** @returns its file */
async function encodePreview(
  run: TranscodingRun,
  format: RenditionFormat,
  renditionGain: number,
  seconds: number,
): Promise<string> {
  const length = Math.min(PREVIEW_SECONDS, seconds * MAX_PREVIEW_SHARE);
  const fromSeconds = Math.min(seconds * PREVIEW_START, seconds - length);
  const excerpt = { fromSeconds, seconds: length, fadeSeconds: Math.min(PREVIEW_FADE_SECONDS, length / 4) };
  const part = run.file("preview.mka");
  const output = run.file(`preview.${RENDITIONS[format].extension}`);
  for (let gain = renditionGain, corrections = 0; ; corrections++) {
    const { samples, sampleRate, padding } = await run.engine.run(
      "encode",
      { input: run.input, output: part, format, gain, excerpt },
      { limitMs: LIMITS.encodeGraceMs, onProgress: () => run.report() },
    );
    const { truePeak } = await verify(run, part);
    const corrected = correctGain(gain, { loudness: null, truePeak }, corrections);
    if (corrected === null) {
      const join = { parts: [part], output, format, samples, sampleRate, padding };
      await run.engine.run("join", join, { limitMs: LIMITS.joinMs });
      return output;
    }
    gain = corrected;
  }
}

/** Turns what is the file's fault into an outcome. */
async function transcode(
  original: OriginalSound,
  context: TaskContext,
  work: (run: TranscodingRun) => Promise<Outcome>,
): Promise<Transcoded | null> {
  try {
    return await TranscodingRun.with(original, context, work);
  } catch (error) {
    const problem = await problemOf(error, context);
    if (problem === null) throw error;
    const none = { private: [], public: [] };
    return { outcome: "refused", problem, stored: none, superfluous: none };
  }
}

/** A crash or a time limit may be the machine's fault once. */
async function problemOf(error: unknown, { taskId }: TaskContext): Promise<FileProblem | null> {
  if (error instanceof FileProblemError) return error.problem;
  return error instanceof EngineCrashError && (await noteCrash(taskId)) ? "too_complex" : null;
}
