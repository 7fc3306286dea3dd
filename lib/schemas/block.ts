import { z } from "zod";
import { idSchema } from "./id";

/** People that one user may block; the list is one answer. */
export const MAX_BLOCKS = 500;

/** A person whom the caller has blocked. */
export const blockSchema = z.object({
  person: z.object({ id: idSchema, handle: z.string(), name: z.string() }),
  createdAt: z.iso.datetime(),
});

export type Block = z.infer<typeof blockSchema>;

export const blockListSchema = z.object({ items: z.array(blockSchema).max(MAX_BLOCKS) });

export type BlockList = z.infer<typeof blockListSchema>;
