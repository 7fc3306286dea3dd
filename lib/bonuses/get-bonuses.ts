import { z } from "zod";
import { AppError } from "../core/errors";
import { db } from "../db";
import { entrySchema } from "./entry";
import { referralLink } from "./referral-link";

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 50;

export const bonusPageQuerySchema = z.object({
  /** `seq` of the previous page's last entry. */
  cursor: z.coerce.number().int().positive().max(2_147_483_647).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
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

/**
 * A user's balance, ledger (newest first), and the results of their referral link.
 * @throws {AppError} unauthenticated when the account was deleted
 */
export async function getBonuses(
  userId: string,
  page: z.input<typeof bonusPageQuerySchema> = {},
): Promise<Bonuses> {
  const { cursor, limit } = bonusPageQuerySchema.parse(page);
  const [user, lastEntry, rows, earned] = await Promise.all([
    db().user.findUnique({
      where: { id: userId },
      select: { referralCode: true, _count: { select: { referred: true } } },
    }),
    db().bonusEntry.findFirst({ where: { userId }, orderBy: { seq: "desc" }, select: { balance: true } }),
    db().bonusEntry.findMany({
      where: { userId, ...(cursor ? { seq: { lt: cursor } } : {}) },
      orderBy: { seq: "desc" },
      take: limit + 1,
    }),
    db().bonusEntry.aggregate({
      where: { userId, kind: { in: ["referral", "referral_reversed"] } },
      _sum: { amount: true },
    }),
  ]);
  if (!user) throw new AppError("unauthenticated");
  const items = rows.slice(0, limit).map(({ id, seq, kind, amount, balance, note, createdAt }) => ({
    ...{ id, seq, kind, amount, balance, note },
    createdAt: createdAt.toISOString(),
  }));
  return {
    balance: lastEntry?.balance ?? 0,
    entries: { items, nextCursor: rows.length > limit ? String(items.at(-1)?.seq) : null },
    referral: {
      code: user.referralCode,
      link: referralLink(user.referralCode),
      joined: user._count.referred,
      earned: earned._sum.amount ?? 0,
    },
  };
}
