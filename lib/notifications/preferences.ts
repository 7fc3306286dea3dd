import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db, transaction } from "../db";
import { setHidden } from "../presence";
import { type NotificationKind, notificationDataSchemas } from "./kinds";

/** `all`: also said out loud on open pages; `quiet`: in the list alone; `off`: nowhere. */
export const notificationLevels = ["all", "quiet", "off"] as const;
export type NotificationLevel = (typeof notificationLevels)[number];

/** Those that the page has words for, and `general`, which has its own. */
export type PreferenceKind = NotificationKind | "general";
export const preferenceKinds: readonly PreferenceKind[] = [
  ...(Object.keys(notificationDataSchemas) as NotificationKind[]),
  "general",
];

/** About somebody's money and goods: there must be a place where they find it. */
const MANDATORY_KINDS: ReadonlySet<PreferenceKind> = new Set([
  "sale",
  "sale_refunded",
  "delivered",
  "refund",
]);

/** What may be chosen for a kind. */
export function allowedLevels(kind: PreferenceKind): readonly NotificationLevel[] {
  return MANDATORY_KINDS.has(kind) ? ["all", "quiet"] : notificationLevels;
}

function mapKinds<T>(valueFor: (kind: PreferenceKind) => T): Record<PreferenceKind, T> {
  return Object.fromEntries(preferenceKinds.map((kind) => [kind, valueFor(kind)])) as Record<
    PreferenceKind,
    T
  >;
}

export const preferencesSchema = z.object({
  /** Nobody is told whether or when the person is here. */
  hidesPresence: z.boolean(),
  notifications: z.object(mapKinds(() => z.enum(notificationLevels))),
});

export type Preferences = z.infer<typeof preferencesSchema>;

export const changePreferencesSchema = z.strictObject({
  hidesPresence: z.boolean().optional(),
  notifications: z
    .strictObject(
      mapKinds((kind) =>
        z.enum(allowedLevels(kind), { error: `one of ${allowedLevels(kind).join(", ")}` }).optional(),
      ),
    )
    .optional(),
});

/** @throws {AppError} unauthenticated when the account is gone */
export async function getPreferences({ userId }: Pick<Caller, "userId">): Promise<Preferences> {
  const person = await db().user.findUnique({
    where: { id: userId },
    select: { hidesPresence: true, preferences: { select: { kind: true, level: true } } },
  });
  if (!person) throw new AppError("unauthenticated");
  const chosen = new Map(person.preferences.map(({ kind, level }) => [kind, level]));
  return {
    hidesPresence: person.hidesPresence,
    notifications: mapKinds((kind) => chosen.get(kind) ?? "all"),
  };
}

/**
 * Changes what is named and nothing else, all of it or none. Hiding takes effect at once.
 * @throws {AppError} unauthenticated when the account is gone
 */
export async function changePreferences(
  caller: Pick<Caller, "userId">,
  { hidesPresence, notifications = {} }: z.output<typeof changePreferencesSchema>,
): Promise<Preferences> {
  const { userId } = caller;
  await transaction(async (tx) => {
    const locked = await tx.$queryRaw<
      unknown[]
    >`SELECT 1 FROM "User" WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    if (locked.length === 0) throw new AppError("unauthenticated");
    if (hidesPresence !== undefined) await tx.user.update({ where: { id: userId }, data: { hidesPresence } });
    for (const [kind, level] of Object.entries(notifications)) {
      if (level === undefined) continue;
      await tx.notificationPreference.upsert({
        where: { userId_kind: { userId, kind } },
        create: { userId, kind, level },
        update: { level },
      });
    }
  });
  // As it is now: of two changes at once, whichever tells Redis last tells what both left behind.
  const preferences = await getPreferences(caller);
  if (hidesPresence !== undefined) await setHidden(userId, preferences.hidesPresence);
  return preferences;
}
