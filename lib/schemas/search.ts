import { z } from "zod";
import { isStorable } from "../core/text";
import { personSchema } from "./person";
import { postSchema } from "./post";
import { productSchema } from "./product";
import { foundKinds, MAX_SEARCH_LENGTH } from "./search-limits";

/** Where a page ended: the score of its last row, and its id. */
const cursorSchema = z.string().regex(/^\d{1,9}_[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/);

export const searchQuerySchema = z.object({
  /** What is looked for; empty finds nothing. */
  q: z.string().trim().max(MAX_SEARCH_LENGTH).refine(isStorable).default(""),
  /** Only these; the other groups are empty. */
  kind: z.enum(foundKinds).optional(),
  /** The `nextCursor` of the previous page; with `kind` only, and not for tags. */
  cursor: cursorSchema.optional(),
  /** Of each group. */
  limit: z.coerce.number().int().min(1).max(20).default(5),
});

export const foundPostSchema = postSchema
  .pick({ id: true, title: true, authorName: true, authorHandle: true, cover: true })
  .extend({ hasSound: z.boolean() });

export const foundPersonSchema = personSchema.pick({ id: true, handle: true, name: true, role: true });

export const foundProductSchema = productSchema.pick({
  ...{ id: true, kind: true, title: true, priceMinor: true, currency: true },
  ...{ sellerName: true, sellerHandle: true, cover: true },
});

export const foundTagSchema = z.object({
  /** As tags are compared: lower case, «ё» as «е». */
  tag: z.string(),
  /** Posts with the tag, counted up to a hundred. */
  postsCount: z.int(),
});

const groupSchema = <S extends z.ZodType>(itemSchema: S) =>
  z.object({ items: z.array(itemSchema), nextCursor: cursorSchema.nullable() });

/** What was found, by kind: the best first. */
export const searchResultsSchema = z.object({
  posts: groupSchema(foundPostSchema),
  people: groupSchema(foundPersonSchema),
  tags: groupSchema(foundTagSchema),
  products: groupSchema(foundProductSchema),
});

export type SearchResults = z.infer<typeof searchResultsSchema>;
export type FoundPost = z.infer<typeof foundPostSchema>;
export type FoundPerson = z.infer<typeof foundPersonSchema>;
export type FoundProduct = z.infer<typeof foundProductSchema>;
