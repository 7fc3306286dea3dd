import { decode } from "./decode.mjs";
import { FileProblemError } from "./problem.mjs";

/** Parts of a waveform; a player is as many pixels wide. */
const PEAK_PARTS = 1_000;
/** A hundredth of a second: the resolution at which peaks are collected before their number is known. */
const SLICES_PER_SECOND = 100;
const MEASURING_RATE = 48_000;
const SLICE_SAMPLES = MEASURING_RATE / SLICES_PER_SECOND;
/** Below it nothing can be heard, however loud it is made. */
const SILENCE_LEVEL = 10 ** (-70 / 20);
/** Of EBU R128: quieter blocks do not count, so a sound of such blocks has no loudness. */
const LOUDNESS_GATE_LUFS = -69;

/** Filters that measure a sound as two speakers play it, a second per frame. */
const loudnessFilters = (peak) =>
  `aformat=sample_fmts=flt:sample_rates=${MEASURING_RATE}:channel_layouts=stereo,` +
  `ebur128@loudness=peak=${peak}:framelog=quiet,aformat=sample_fmts=flt,asetnsamples=${MEASURING_RATE}:p=0`;

const LOUDNESS_OPTIONS = {
  loudness: { filter: "ebur128@loudness", option: "integrated" },
  truePeak: { filter: "ebur128@loudness", option: "true_peak" },
};

/**
 * Measures a sound in one pass: integrated loudness by EBU R128 (LUFS), true peak (dBTP), and a waveform, the highest
 * level of each of equal parts, 0 to 255.
 *
 * @param {{ input: string, minSeconds: number, maxSeconds: number }} step
 * @param {(seconds: number) => void} onProgress
 * @throws {FileProblemError} silent, too_short, too_long, damaged, wrong_type
 */
export function measure({ input, minSeconds, maxSeconds }, onProgress) {
  const levels = [];
  const {
    options: { loudness, truePeak },
    ...sound
  } = decode({
    path: input,
    maxSeconds,
    readOptions: LOUDNESS_OPTIONS,
    onProgress,
    filters: () => loudnessFilters("true"),
    onFrame: (frame) => collectLevels(samplesOf(frame), levels),
  });
  if (sound.seconds < minSeconds) throw new FileProblemError("too_short");
  const highest = levels.reduce((most, level) => Math.max(most, level), 0);
  if (highest < SILENCE_LEVEL || !(loudness > LOUDNESS_GATE_LUFS)) throw new FileProblemError("silent");
  return { ...sound, loudness, truePeak, peaks: toParts(levels, highest) };
}

/**
 * Measures what an encoder made. The true peak costs as much as the decoding, so it is measured only when samples come
 * near to the ceiling: between samples a sound rises by less than 6 dB.
 *
 * @param {{ input: string, ceiling: number }} step  the highest true peak that is allowed, in dBTP
 * @returns {{ loudness: number, truePeak: number | null }} null: below the ceiling for certain
 */
export function verify({ input, ceiling }, onProgress) {
  let highest = 0;
  const limit = 10 ** ((ceiling - 6) / 20);
  const { options } = decode({
    path: input,
    onProgress,
    readOptions: { loudness: LOUDNESS_OPTIONS.loudness },
    filters: () => loudnessFilters("none"),
    onFrame: (frame) => {
      highest = Math.max(highest, highestOf(samplesOf(frame)));
      return highest < limit;
    },
  });
  if (highest < limit) return { loudness: options.loudness, truePeak: null };
  return decode({
    path: input,
    onProgress,
    readOptions: LOUDNESS_OPTIONS,
    filters: () => loudnessFilters("true"),
    onFrame: () => true,
  }).options;
}

/** The interleaved samples of a frame in `flt`. */
function samplesOf(frame) {
  const [bytes] = frame.data ?? [];
  if (!bytes) return new Float32Array(0);
  // The buffer is padded.
  return new Float32Array(bytes.buffer, bytes.byteOffset, frame.nbSamples * frame.channels);
}

function highestOf(samples, from = 0, to = samples.length) {
  let high = 0;
  for (let index = from; index < to; index++) {
    const level = samples[index];
    if (level > high) high = level;
    else if (-level > high) high = -level;
  }
  return high;
}

function collectLevels(samples, levels) {
  const step = SLICE_SAMPLES * 2;
  for (let from = 0; from < samples.length; from += step)
    levels.push(highestOf(samples, from, Math.min(from + step, samples.length)));
}

/** The waveform fills the height whatever the loudness: it shows where a sound is loud. */
function toParts(levels, highest) {
  const parts = Math.min(PEAK_PARTS, levels.length);
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((part * levels.length) / parts);
    const to = Math.max(from + 1, Math.floor(((part + 1) * levels.length) / parts));
    let high = 0;
    for (let index = from; index < to; index++) high = Math.max(high, levels[index]);
    return Math.round((high / highest) * 255);
  });
}
