import { z } from "zod";
import { isStorable } from "../core/text";
import { BonusKind } from "./enums";
import { MAX_SPEND_MINOR } from "./limits";
import { oneLineTextSchema } from "./text";

export const spendSchema = z.object({
  /** Hundredths of a bonus. */
  amount: z.int().positive().max(MAX_SPEND_MINOR),
  /** Purpose, as the spender wrote it. */
  note: oneLineTextSchema(140).optional(),
  /** Idempotency key made by the spender's client. An `Idempotency-Key` header does the same. */
  key: z.string().trim().min(1).max(100).refine(isStorable).optional(),
});

export type Spend = z.input<typeof spendSchema>;

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

/** The response to a spend. */
export const spentSchema = z.object({ balance: z.int(), entry: entrySchema });

export type Spent = z.infer<typeof spentSchema>;

export const bonusPageQuerySchema = z.object({
  /** `seq` of the previous page's last entry. */
  cursor: z.coerce.number().int().positive().max(2_147_483_647).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

export const bonusesSchema = z.object({
  /** Hundredths of a bonus; below zero when a bonus was reversed after it had been spent. */
  balance: z.int(),
  entries: z.object({ items: z.array(entrySchema), nextCursor: z.string().nullable() }),
  referral: z.object({
    code: z.string(),
    /** The link to share. */
    link: z.url(),
    /** How many users signed up with it. */
    joined: z.int(),
    /** Hundredths of a bonus: earned from their purchases so far, less reversals. */
    earned: z.int(),
  }),
});

export type Bonuses = z.infer<typeof bonusesSchema>;
