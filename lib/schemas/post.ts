import { z } from "zod";
import { idSchema } from "./id";
import { MAX_DESCRIPTION_LINE_BREAKS } from "./limits";
import { pageQueryShape, pageSchema } from "./page";
import { multilineTextSchema, visibleTextSchema } from "./text";
import { coverSchema, trackSchema } from "./track";

/** Input for a new post. */
export const newPostSchema = z.object({
  title: visibleTextSchema(120),
  text: multilineTextSchema(5_000, MAX_DESCRIPTION_LINE_BREAKS).default(""),
  tags: z
    .array(visibleTextSchema(24).toLowerCase())
    .max(5)
    .default([])
    .transform((tags) => [...new Set(tags)]),
  /** An uploaded sound of the author's, which no other post has. */
  audioFileId: idSchema.nullable().default(null),
  /** An uploaded cover of the author's. */
  coverFileId: idSchema.nullable().default(null),
});

/** Another sound for a post whose track failed. */
export const postTrackSchema = z.object({ audioFileId: idSchema });

export const postSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  authorId: z.uuid(),
  authorName: z.string(),
  /** Of the author's page, `/u/{handle}`. */
  authorHandle: z.string(),
  createdAt: z.iso.datetime(),
  /** The live count: the persisted count plus pending views. */
  viewsCount: z.number().int(),
  /** Null: the post has no sound. */
  track: trackSchema.nullable(),
  /** Null: the post has no cover of its own, and pages draw one from its id. */
  cover: coverSchema.nullable(),
  /** The live count of plays, as `viewsCount`. */
  playsCount: z.number().int(),
});

export type Post = z.infer<typeof postSchema>;

/** The query of the feed, or of one author's posts, and its response. */
export const postPageQuerySchema = z.object({ ...pageQueryShape(), authorId: idSchema.optional() });

export const postPageSchema = pageSchema(postSchema);

export type PostPage = z.infer<typeof postPageSchema>;
