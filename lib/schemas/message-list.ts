import { z } from "zod";
import { isStorable, isVisible } from "../core/text";
import { chatMessageSchema } from "./chat-message";
import { RECENT_LIMIT } from "./limits";

/** The maximum is that of Postgres' `integer`. */
const counterSchema = z.coerce.number().int().nonnegative().max(2_147_483_647);

export const messagesQuerySchema = z
  .object({
    /** Older than this `seq`. */
    before: counterSchema.optional(),
    /** Newer than this `seq`. */
    after: counterSchema.optional(),
    /** Written or changed after this revision of the chat. */
    since: counterSchema.optional(),
    limit: z.coerce.number().int().min(1).max(RECENT_LIMIT).default(RECENT_LIMIT),
  })
  .refine(
    (query) => [query.before, query.after, query.since].filter((each) => each !== undefined).length < 2,
    {
      error: "one of before, after, since",
    },
  );

export const messagesPageSchema = z.object({
  /** Ordered by `seq`; with `since` ordered by `revision`. */
  items: z.array(chatMessageSchema),
  /** More messages match the query. */
  hasMore: z.boolean(),
  /** The chat's revision when they were read. */
  revision: z.int(),
  lastSeq: z.int(),
});

export type MessagesPage = z.infer<typeof messagesPageSchema>;

/** The pinned messages. */
export const pinnedSchema = z.object({ items: z.array(chatMessageSchema) });

export type PinnedMessages = z.infer<typeof pinnedSchema>;

export const searchQuerySchema = z.object({
  q: z.string().trim().min(1, { abort: true }).max(100).refine(isStorable).refine(isVisible),
  /** Older than this `seq`. */
  before: counterSchema.optional(),
});

export const searchPageSchema = z.object({ items: z.array(chatMessageSchema), hasMore: z.boolean() });

export type FoundMessages = z.infer<typeof searchPageSchema>;
