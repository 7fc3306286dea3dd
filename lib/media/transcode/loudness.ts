import type { RenditionFormat } from "../../tasks/queues/audio-transcoding";
import { FileProblemError } from "./file-problem-error";

/** Integrated loudness of all renditions, in LUFS: what the large streaming services use. */
export const TARGET_LOUDNESS_LUFS = -14;
/** True peak that no rendition exceeds, in dBTP. */
export const MAX_TRUE_PEAK_DBTP = -1;
/** Lossy encoders raise the peaks a little; the first encoding leaves them this much, in dB. */
const ENCODER_HEADROOM_DB: Record<RenditionFormat, number> = { aac: 0.3, opus: 0.3, mp3: 0.3, flac: 0.01 };
/** A correction goes this much below the ceiling, in dB, because it changes what the encoder does. */
const CORRECTION_MARGIN_DB = 0.1;
/** Corrections of one encoding; one is the rule. */
const MAX_CORRECTIONS = 5;
/** For the last one, where peaks came and went with the gain, in dB: rather quiet than above the ceiling. */
const LAST_CORRECTION_MARGIN_DB = 3;

/** What a sound was measured at. */
export interface MeasuredLevel {
  /** LUFS */
  loudness: number;
  /** dBTP */
  truePeak: number;
}

/** The static gain of a rendition, in dB: to the target, or less where its peaks would exceed the ceiling. */
export function planGain({ loudness, truePeak }: MeasuredLevel, format: RenditionFormat): number {
  const ceiling = MAX_TRUE_PEAK_DBTP - ENCODER_HEADROOM_DB[format];
  return round(Math.min(TARGET_LOUDNESS_LUFS - loudness, ceiling - truePeak));
}

/** An encoding that is quieter than it may be by more than this is made again, in dB: half of what is allowed. */
const MAX_DEVIATION_DB = 0.25;

/** What an encoding was measured at. */
export interface EncodedLevel {
  /** LUFS; null when the encoding is not the whole sound. */
  loudness: number | null;
  /** dBTP; null: below the ceiling for certain. */
  truePeak: number | null;
}

/**
 * Another gain for an encoding that exceeds the ceiling, or, the first time, that missed the target without need:
 * encoders drop what they take for inaudible. Null when it may stay.
 *
 * @param corrections  how often the gain was corrected before
 * @throws {FileProblemError} too_complex: nothing that exceeds the ceiling is published
 */
export function correctGain(
  gain: number,
  { loudness, truePeak }: EncodedLevel,
  corrections: number,
): number | null {
  const room = truePeak === null ? Number.POSITIVE_INFINITY : MAX_TRUE_PEAK_DBTP - truePeak;
  if (room < 0) {
    if (corrections >= MAX_CORRECTIONS)
      throw new FileProblemError(
        "too_complex",
        `true peak of ${truePeak} dBTP after ${corrections} corrections`,
      );
    const isLast = corrections === MAX_CORRECTIONS - 1;
    return round(gain + room - (isLast ? LAST_CORRECTION_MARGIN_DB : CORRECTION_MARGIN_DB));
  }
  if (loudness === null || corrections > 0) return null;
  const change = Math.min(TARGET_LOUDNESS_LUFS - loudness, room - CORRECTION_MARGIN_DB);
  return Math.abs(change) > MAX_DEVIATION_DB ? round(gain + change) : null;
}

/** FFmpeg reads the gain from a text. */
function round(gain: number): number {
  return Math.floor(gain * 1_000) / 1_000;
}
