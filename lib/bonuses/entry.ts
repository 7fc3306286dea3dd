import { z } from "zod";
import { BonusKind } from "../schemas/enums";

/** A ledger entry as its owner sees it. */
export const entrySchema = z.object({
  id: z.uuid(),
  /** Starts at 1, without gaps. */
  seq: z.int(),
  kind: z.enum(BonusKind),
  /** Hundredths of a bonus; negative for a debit. */
  amount: z.int(),
  /** The balance after this entry. */
  balance: z.int(),
  note: z.string().nullable(),
  createdAt: z.iso.datetime(),
});

export type Entry = z.infer<typeof entrySchema>;

/** A row as Postgres returns it in JSON, with the owner's id for internal checks. */
export const entryRowSchema = entrySchema.extend({
  userId: z.uuid(),
  /** Postgres writes the UTC offset as digits, the API writes `Z`. */
  createdAt: z.string().transform((at) => new Date(at).toISOString()),
});
