import { z } from "zod";
import { referralLink } from "../bonuses";
import { accountTag, type CachedVariables, cacheManager } from "../cache";
import { db } from "../db";
import { cachedVariablesSchema } from "../schemas/bot";

/** Purchases and referred users that each level begins with. */
const LEVEL_STARTS = [0, 1, 3, 10, 30];
const SHOWN_PURCHASES = 5;

/** What definitions show of a linked account; null when it was deleted. Cached until something of it changes. */
export function findAccountVariables(userId: string, projectId: string): Promise<CachedVariables | null> {
  return cacheManager.getOrSet("botVariables", `${userId}:${projectId}`, () => loadVariables(userId), {
    tags: [accountTag(userId)],
  });
}

const variablesRowsSchema = z.array(
  cachedVariablesSchema
    .pick({ name: true, balance: true, referrals: true, purchaseCount: true, purchases: true })
    .extend({ referralCode: z.string() }),
);

/** One statement: a person's message may need it, and several would take as many connections. */
async function loadVariables(userId: string): Promise<CachedVariables | null> {
  const rows = await db().$queryRaw`
SELECT account.name, account."referralCode",
  (SELECT count(*)::int FROM "User" referred
    WHERE referred."referredById" = account.id AND referred."deletedAt" IS NULL) AS referrals,
  coalesce((SELECT balance FROM "BonusEntry" WHERE "userId" = account.id ORDER BY seq DESC LIMIT 1), 0) AS balance,
  (SELECT count(*)::int FROM "Order" WHERE "buyerId" = account.id AND status IN ('paid', 'delivered')) AS "purchaseCount",
  coalesce((SELECT jsonb_agg(jsonb_build_object('title', title, 'amountMinor', "amountMinor", 'currency', currency,
      'at', to_char("createdAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY id DESC)
    FROM (SELECT * FROM "Order" WHERE "buyerId" = account.id AND status IN ('paid', 'delivered')
      ORDER BY id DESC LIMIT ${SHOWN_PURCHASES}) latest), '[]') AS purchases
FROM "User" account WHERE account.id = ${userId}::uuid AND account."deletedAt" IS NULL`;
  const [row] = variablesRowsSchema.parse(rows);
  if (!row) return null;
  const { referralCode, ...variables } = row;
  const { purchaseCount, referrals } = variables;
  return {
    ...variables,
    level: LEVEL_STARTS.filter((start) => purchaseCount + referrals >= start).length,
    referralLink: referralLink(referralCode),
  };
}
