import { z } from "zod";
import { switchTelegramNotifications } from "../accounts";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db, transaction } from "../db";
import { setHidden } from "../presence";
import { ContactPolicy, NotificationLevel } from "../schemas/enums";
import { type NotificationKind, notificationDataSchemas } from "../schemas/notification-kinds";

/** The kinds that the page has texts for, and `general`, which has its own. */
export type PreferenceKind = NotificationKind | "general";
export const preferenceKinds: readonly PreferenceKind[] = [
  ...(Object.keys(notificationDataSchemas) as NotificationKind[]),
  "general",
];

/** Kinds about the user's money and goods, which cannot be turned off. */
const MANDATORY_KINDS: ReadonlySet<PreferenceKind> = new Set([
  "sale",
  "sale_refunded",
  "delivered",
  "refund",
]);

/** The levels that may be chosen for a kind. */
export function allowedLevels(kind: PreferenceKind): readonly NotificationLevel[] {
  return MANDATORY_KINDS.has(kind) ? ["all", "quiet"] : Object.values(NotificationLevel);
}

function mapKinds<T>(valueFor: (kind: PreferenceKind) => T): Record<PreferenceKind, T> {
  return Object.fromEntries(preferenceKinds.map((kind) => [kind, valueFor(kind)])) as Record<
    PreferenceKind,
    T
  >;
}

export const preferencesSchema = z.object({
  /** Other users always see the user as offline, without a last-seen time. */
  hidesPresence: z.boolean(),
  /** Who may begin a direct chat with the user. */
  contactPolicy: z.enum(ContactPolicy),
  notifications: z.object(mapKinds(() => z.enum(NotificationLevel))),
  /** Whether notifications at level `all` are sent to the user's Telegram too; null: none is linked. */
  telegram: z.boolean().nullable(),
});

export type Preferences = z.infer<typeof preferencesSchema>;

export const changePreferencesSchema = z.strictObject({
  hidesPresence: z.boolean().optional(),
  contactPolicy: z.enum(ContactPolicy).optional(),
  notifications: z
    .strictObject(
      mapKinds((kind) =>
        z.enum(allowedLevels(kind), { error: `one of ${allowedLevels(kind).join(", ")}` }).optional(),
      ),
    )
    .optional(),
  telegram: z.boolean().optional(),
});

/** @throws {AppError} unauthenticated when the account no longer exists */
export async function getPreferences({ userId }: Pick<Caller, "userId">): Promise<Preferences> {
  const user = await db().user.findUnique({
    where: { id: userId, deletedAt: null },
    select: {
      hidesPresence: true,
      contactPolicy: true,
      preferences: { select: { kind: true, level: true } },
      botPeople: { select: { isNotified: true } },
    },
  });
  if (!user) throw new AppError("unauthenticated");
  const chosen = new Map(user.preferences.map(({ kind, level }) => [kind, level]));
  return {
    hidesPresence: user.hidesPresence,
    contactPolicy: user.contactPolicy,
    notifications: mapKinds((kind) => chosen.get(kind) ?? "all"),
    telegram: user.botPeople.length === 0 ? null : user.botPeople.some(({ isNotified }) => isNotified),
  };
}

/**
 * Changes the given preferences in one transaction. Hiding presence takes effect immediately.
 * @throws {AppError} unauthenticated when the account no longer exists; conflict: no Telegram is linked
 */
export async function changePreferences(
  caller: Pick<Caller, "userId">,
  { hidesPresence, contactPolicy, notifications = {}, telegram }: z.output<typeof changePreferencesSchema>,
): Promise<Preferences> {
  const { userId } = caller;
  await transaction(async (tx) => {
    // Before the account: a bot's run locks its person first, and then the account whose bonuses it spends.
    if (telegram !== undefined && !(await switchTelegramNotifications(tx, { userId }, telegram)) && telegram)
      throw new AppError("conflict", { message: "telegram_not_linked" });
    const locked = await tx.$queryRaw<
      unknown[]
    >`SELECT 1 FROM "User" WHERE id = ${userId}::uuid AND "deletedAt" IS NULL FOR NO KEY UPDATE`;
    if (locked.length === 0) throw new AppError("unauthenticated");
    if (hidesPresence !== undefined || contactPolicy !== undefined)
      await tx.user.update({ where: { id: userId }, data: { hidesPresence, contactPolicy } });
    for (const [kind, level] of Object.entries(notifications)) {
      if (level === undefined) continue;
      await tx.notificationPreference.upsert({
        where: { userId_kind: { userId, kind } },
        create: { userId, kind, level },
        update: { level },
      });
    }
  });
  // Read after the commit: of concurrent changes, the last to reach Redis then writes the final value.
  const preferences = await getPreferences(caller);
  if (hidesPresence !== undefined) await setHidden(userId, preferences.hidesPresence);
  return preferences;
}
