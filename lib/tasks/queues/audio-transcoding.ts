import { z } from "zod";
import { isTranscoderInstalled } from "../../core/transcoder";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Formats of renditions. AAC and Opus are made for every track. */
export const renditionFormatSchema = z.enum(["mp3", "aac", "opus", "flac"]);

export type RenditionFormat = z.infer<typeof renditionFormatSchema>;

/** Where an encoding continues that did not fit into one run. */
export const resumedEncodingSchema = z.object({
  /** What the runs before have made, in the private store. */
  parts: z.array(z.object({ pathname: z.string(), bytes: z.int().positive() })),
  /** Packets in these parts. */
  packets: z.int().nonnegative(),
  /** In dB; lower than planned after an encoding whose true peak was too high. */
  gain: z.number(),
  /** How often that has happened. */
  corrections: z.int().nonnegative(),
  /** From 2. */
  run: z.int().min(2),
});

export type ResumedEncoding = z.infer<typeof resumedEncodingSchema>;

/**
 * Makes what players need of an uploaded sound. The first task of a file measures it; a task of several formats enqueues
 * one for each; a task that does not fit into one run enqueues the next.
 */
export const audioTranscoding = defineQueue({
  name: "audio-transcoding",
  version: 1,
  payload: z.object({
    fileId: idSchema,
    formats: z.array(renditionFormatSchema).min(1),
    resume: resumedEncodingSchema.optional(),
  }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 300,
  lane: "media",
  deadlineSeconds: DAY_SECONDS,
  cancellable: true,
  available: true,
  isInstalled: isTranscoderInstalled,
});
