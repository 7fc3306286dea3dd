import { z } from "zod";
import { FilePurpose, FileStatus, TrackStatus } from "./enums";
import { MAX_AUDIO_BYTES, MAX_COVER_BYTES } from "./limits";
import { pageQueryShape, pageSchema } from "./page";
import { progressSchema } from "./task";
import { coverSchema } from "./track";

/** A file as the API returns it. */
export const fileSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.string(),
  bytes: z.int(),
  /** Of an image, in pixels, as displayed. */
  width: z.int().nullable(),
  height: z.int().nullable(),
});

export type FileView = z.infer<typeof fileSchema>;

/**
 * Why an uploaded file cannot be used. The browser has a text for each, in the reader's language, which says what to do.
 */
export const fileProblems = [
  /** Not the kind of file that was asked for, by its content. */
  "wrong_type",
  /** Damaged, or cut off. */
  "damaged",
  "too_large",
  /** More than the longest track. */
  "too_long",
  /** Shorter than a second. */
  "too_short",
  /** More pixels than are decoded. */
  "too_many_pixels",
  /** The whole file is silence. */
  "silent",
  /** Arrived with other bytes than were announced, or not at all. */
  "incomplete",
  /** Could not be processed within the limits of time and memory. */
  "too_complex",
  /** Its processing was cancelled, or failed for another reason than the file. */
  "interrupted",
] as const;

export type FileProblem = (typeof fileProblems)[number];

/** Request for a token with which a browser sends a file straight to the store. */
export const newUploadSchema = z
  .object({
    purpose: z.enum(FilePurpose).exclude(["attachment"]),
    name: z.string().min(1).max(500),
    bytes: z.int().positive(),
  })
  .refine(({ purpose, bytes }) => bytes <= (purpose === "audio" ? MAX_AUDIO_BYTES : MAX_COVER_BYTES), {
    path: ["bytes"],
  });

/** An uploaded sound or cover, as its owner sees it. */
export const uploadedFileSchema = z.object({
  id: z.uuid(),
  purpose: z.enum(FilePurpose),
  status: z.enum(FileStatus),
  problem: z.enum(fileProblems).nullable(),
  name: z.string(),
  bytes: z.int(),
  /** Of a sound, once it was examined. */
  track: z
    .object({
      status: z.enum(TrackStatus),
      durationSeconds: z.number().nullable(),
      title: z.string().nullable(),
      artist: z.string().nullable(),
      bpm: z.int().nullable(),
      /** A cover that was found in the file. */
      embeddedCoverFileId: z.uuid().nullable(),
    })
    .nullable(),
  /** Of a cover. */
  cover: coverSchema.nullable(),
  /** The task that works on it, for its channel `task:{id}`, and how far it is. */
  taskId: z.uuid().nullable(),
  progress: progressSchema.nullable(),
});

export type UploadedFile = z.infer<typeof uploadedFileSchema>;

/** The caller's own uploads that are ready to be used. */
export const uploadPageQuerySchema = z.object({
  ...pageQueryShape(),
  purpose: z.enum(FilePurpose).exclude(["attachment"]),
  /** Only those that no post and no product uses. */
  unused: z.literal("true").optional(),
});

export const uploadPageSchema = pageSchema(uploadedFileSchema);

export type UploadPage = z.infer<typeof uploadPageSchema>;

/** Response to a request for a token: with it the browser stores the bytes under the pathname. */
export const uploadTokenSchema = z.object({
  file: uploadedFileSchema,
  upload: z.object({ pathname: z.string(), clientToken: z.string(), multipart: z.boolean() }),
});
