import * as z from "zod/mini";

/**
 * What the API answers, as far as pages use it. Loaded with the first answer and not with the page:
 * nothing here is needed to show one.
 */

export const failure = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    requestId: z.string(),
    details: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
  }),
});

const post = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  authorId: z.string(),
  authorName: z.string(),
  createdAt: z.string(),
  viewsCount: z.number(),
});

export const postPage = z.object({ items: z.array(post), nextCursor: z.nullable(z.string()) });

export const createdPost = z.object({ post: z.object({ id: z.string() }) });

/** The cookie that comes with the answer is what counts; scripts cannot read it and do not need to. */
export const signedIn = z.object({ user: z.object({ id: z.string(), name: z.string() }) });

export const done = z.unknown();

export const viewed = z.object({ viewsCount: z.number() });

/** `postIds` are the posts for which the view was new. */
export const viewedBatch = z.object({ processedCount: z.number(), postIds: z.array(z.string()) });

export const synced = z.object({ message: z.string(), syncedPosts: z.number() });

export const unread = z.object({ unreadCount: z.number() });
