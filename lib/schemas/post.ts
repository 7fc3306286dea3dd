import { z } from "zod";
import { idSchema } from "./id";
import { MAX_DESCRIPTION_LINE_BREAKS } from "./limits";
import { pageQueryShape, pageSchema } from "./page";
import { multilineTextSchema, visibleTextSchema } from "./text";
import { coverSchema, trackSchema } from "./track";

/** `unlisted`: no list shows the post, and everyone who has its address sees it. */
export const postVisibilities = ["public", "unlisted"] as const;

const titleSchema = visibleTextSchema(120);
const textSchema = multilineTextSchema(5_000, MAX_DESCRIPTION_LINE_BREAKS);
const tagSchema = visibleTextSchema(24).toLowerCase();
const tagsSchema = z.array(tagSchema).max(5);
const visibilitySchema = z.enum(postVisibilities);
const unique = (tags: readonly string[]) => [...new Set(tags)];

/** Input for a new post. */
export const newPostSchema = z.object({
  title: titleSchema,
  text: textSchema.default(""),
  tags: tagsSchema.default([]).transform(unique),
  /** Default: public. */
  visibility: visibilitySchema.optional(),
  /** An uploaded sound of the author's, which no other post has. */
  audioFileId: idSchema.nullable().default(null),
  /** An uploaded cover of the author's. */
  coverFileId: idSchema.nullable().default(null),
});

/** Changes of a post; what is left out stays as it is. */
export const postChangesSchema = z
  .strictObject({
    title: titleSchema,
    text: textSchema,
    tags: tagsSchema.transform(unique),
    visibility: visibilitySchema,
    /** An uploaded cover of the author's; null: none. */
    coverFileId: idSchema.nullable(),
    /** Another sound, only for a post whose track failed. */
    audioFileId: idSchema,
  })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, { message: "no change" });

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
  visibility: z.enum(postVisibilities),
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

/** The query of the feed, or of the posts of an author or a tag, and its response. */
export const postPageQuerySchema = z.object({
  ...pageQueryShape(),
  authorId: idSchema.optional(),
  /** Case, accents and «ё» or «е» do not matter. With a tag, the author does not count. */
  tag: tagSchema.optional(),
});

export const postPageSchema = pageSchema(postSchema);

export type PostPage = z.infer<typeof postPageSchema>;
