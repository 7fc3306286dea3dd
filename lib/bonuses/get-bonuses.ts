import type { z } from "zod";
import { AppError } from "../core/errors";
import { db } from "../db";
import { type Bonuses, bonusPageQuerySchema } from "../schemas/bonus";
import { referralLink } from "./referral-link";

/**
 * A user's balance, ledger (newest first), and the results of their referral link.
 * @throws {AppError} unauthenticated when the account was deleted
 */
export async function getBonuses(
  userId: string,
  page: z.input<typeof bonusPageQuerySchema> = {},
): Promise<Bonuses> {
  const { cursor, limit } = bonusPageQuerySchema.parse(page);
  const [user, balance, rows, earned] = await Promise.all([
    db().user.findUnique({
      where: { id: userId, deletedAt: null },
      select: { referralCode: true, _count: { select: { referred: { where: { deletedAt: null } } } } },
    }),
    getBonusBalance(userId),
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
    balance,
    entries: { items, nextCursor: rows.length > limit ? String(items.at(-1)?.seq) : null },
    referral: {
      code: user.referralCode,
      link: referralLink(user.referralCode),
      joined: user._count.referred,
      earned: earned._sum.amount ?? 0,
    },
  };
}

/** A user's balance in hundredths of a bonus. One statement. */
export async function getBonusBalance(userId: string): Promise<number> {
  const lastEntry = await db().bonusEntry.findFirst({
    where: { userId },
    orderBy: { seq: "desc" },
    select: { balance: true },
  });
  return lastEntry?.balance ?? 0;
}
