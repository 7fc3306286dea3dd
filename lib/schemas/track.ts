import { z } from "zod";
import { TrackStatus } from "./enums";

/** Widths of a cover's variants, in pixels; a smaller picture has fewer. */
export const COVER_WIDTHS = [96, 320, 640, 1280] as const;

/** One picture of a cover, in one size and format. */
export const imageSourceSchema = z.object({
  url: z.string(),
  /** `image/avif` or `image/webp`. */
  type: z.string(),
  /** Pixels. */
  width: z.int(),
  height: z.int(),
});

/** A cover that an author uploaded. */
export const coverSchema = z.object({
  /** Ascending by width; AVIF before WebP. Empty until it is processed. */
  sources: z.array(imageSourceSchema),
  /** A tiny picture as a data URL. */
  placeholder: z.string().nullable(),
});

export type Cover = z.infer<typeof coverSchema>;

/** One address of a sound, playable with `Range`. */
export const audioSourceSchema = z.object({
  url: z.string(),
  /** `audio/mp4; codecs="mp4a.40.2"`, `audio/ogg; codecs=opus`, … */
  type: z.string(),
});

/** The sound of a post, or the preview of a product. */
export const trackSchema = z.object({
  status: z.enum(TrackStatus),
  /** Why it failed (`fileProblems`); null otherwise. */
  problem: z.string().nullable(),
  /** Null until it is known. */
  durationSeconds: z.number().nullable(),
  /** Best first; empty until it is ready. */
  sources: z.array(audioSourceSchema),
  /** JSON of `peaksSchema`. */
  peaksUrl: z.string().nullable(),
  coverUrls: z.array(imageSourceSchema),
});

export type TrackView = z.infer<typeof trackSchema>;

/** A waveform: the highest level of each of equal parts of the sound, 0 to 255, both channels together. */
export const peaksSchema = z.object({
  version: z.literal(1),
  durationSeconds: z.number().positive(),
  peaks: z.array(z.int().min(0).max(255)).min(1).max(2_000),
});

export type Peaks = z.infer<typeof peaksSchema>;
