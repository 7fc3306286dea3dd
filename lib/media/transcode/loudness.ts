import type { RenditionFormat } from "../../tasks/queues/audio-transcoding";

/** Integrated loudness of all renditions, in LUFS: what the large streaming services use. */
export const TARGET_LOUDNESS_LUFS = -14;
/** True peak that no rendition exceeds, in dBTP. */
export const MAX_TRUE_PEAK_DBTP = -1;
/** Lossy encoders raise the peaks a little; the first encoding leaves them this much, in dB. */
const ENCODER_HEADROOM_DB: Record<RenditionFormat, number> = { aac: 0.3, opus: 0.3, mp3: 0.3, flac: 0.01 };
/** A correction goes this much below the ceiling, in dB, because it changes what the encoder does. */
const CORRECTION_MARGIN_DB = 0.1;

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

/**
 * A lower gain for an encoding whose peaks exceed the ceiling; null when they do not.
 * @param truePeak  of the encoding; null: below the ceiling for certain
 */
export function correctGain(gain: number, truePeak: number | null): number | null {
  if (truePeak === null || truePeak <= MAX_TRUE_PEAK_DBTP) return null;
  return round(gain - (truePeak - MAX_TRUE_PEAK_DBTP) - CORRECTION_MARGIN_DB);
}

/** FFmpeg reads the gain from a text. */
function round(gain: number): number {
  return Math.floor(gain * 1_000) / 1_000;
}
