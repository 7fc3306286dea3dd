import { z } from "zod";

export const entryKindSchema = z.enum([
  "referral",
  "referral_reversed",
  "spent",
  "spent_reversed",
  "granted",
]);
export type EntryKind = z.infer<typeof entryKindSchema>;

/** A line of the ledger as its owner sees it. */
export const entrySchema = z.object({
  id: z.uuid(),
  /** From 1, without gaps. */
  seq: z.int(),
  kind: entryKindSchema,
  /** Hundredths of a bonus; negative for what went out. */
  amount: z.int(),
  /** After this entry. */
  balance: z.int(),
  note: z.string().nullable(),
  createdAt: z.iso.datetime(),
});

export type Entry = z.infer<typeof entrySchema>;

/** A row as Postgres says it in JSON, with what only the code needs. */
export const entryRowSchema = entrySchema.extend({
  userId: z.uuid(),
  /** Postgres writes an offset where ISO 8601 in UTC has a Z. */
  createdAt: z.string().transform((at) => new Date(at).toISOString()),
});
