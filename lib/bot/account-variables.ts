import { referralLink } from "../bonuses";
import { accountTag, type CachedVariables, cacheManager } from "../cache";
import { db } from "../db";

/** Purchases and referred users that each level begins with. */
const LEVEL_STARTS = [0, 1, 3, 10, 30];
const SHOWN_PURCHASES = 5;

/** What definitions show of a linked account; null when it was deleted. Cached until something of it changes. */
export function findAccountVariables(userId: string, projectId: string): Promise<CachedVariables | null> {
  return cacheManager.getOrSet("botVariables", `${userId}:${projectId}`, () => loadVariables(userId), {
    tags: [accountTag(userId)],
  });
}

async function loadVariables(userId: string): Promise<CachedVariables | null> {
  const bought = { buyerId: userId, status: { in: ["paid", "delivered"] as const } };
  const where = { ...bought, status: { in: [...bought.status.in] } };
  const [user, lastEntry, purchaseCount, purchases] = await Promise.all([
    db().user.findUnique({
      where: { id: userId, deletedAt: null },
      select: {
        name: true,
        referralCode: true,
        _count: { select: { referred: { where: { deletedAt: null } } } },
      },
    }),
    db().bonusEntry.findFirst({ where: { userId }, orderBy: { seq: "desc" }, select: { balance: true } }),
    db().order.count({ where }),
    db().order.findMany({
      where,
      orderBy: { id: "desc" },
      take: SHOWN_PURCHASES,
      select: { title: true, amountMinor: true, currency: true, createdAt: true },
    }),
  ]);
  if (!user) return null;
  const referrals = user._count.referred;
  return {
    name: user.name,
    balance: lastEntry?.balance ?? 0,
    level: LEVEL_STARTS.filter((start) => purchaseCount + referrals >= start).length,
    referrals,
    referralLink: referralLink(user.referralCode),
    purchaseCount,
    purchases: purchases.map(({ createdAt, ...purchase }) => ({ ...purchase, at: createdAt.toISOString() })),
  };
}
