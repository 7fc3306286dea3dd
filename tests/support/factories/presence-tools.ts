import { newId } from "@/lib/core/ids";
import type { Presence } from "@/lib/presence";
import { createPresenceService } from "@/lib/presence/presence-service";
import { keys, redis } from "@/lib/redis";

/** An instance of the app, as far as presence goes, and what it has said of whom. */
export function presenceInstance(
  options: Omit<Parameters<typeof createPresenceService>[0] & object, "tell"> = {},
  published: Presence[] = [],
) {
  const service = createPresenceService({ ...options, publish: (presence) => published.push(presence) });
  return { ...service, published: published };
}

export type PresenceInstance = ReturnType<typeof presenceInstance>;

/** Lets time pass for some people, as Redis sees it: all that is said of them was said that much earlier. */
export async function agePresence(userIds: readonly string[], ms: number): Promise<void> {
  for (const userId of userIds) {
    const key = keys.userPresence(userId);
    if ((await redis().zscore(keys.usersOnline, userId)) !== null) {
      await redis().zincrby(keys.usersOnline, -ms, userId);
    }
    for (const socket of await redis().zrange<string[]>(keys.userSockets(userId), 0, -1)) {
      await redis().zincrby(keys.userSockets(userId), -ms, socket);
    }
    for (const field of ["seen", "front", "hidesAt"]) {
      const value = Number((await redis().hget(key, field)) ?? 0);
      if (value > 0) await redis().hset(key, { [field]: value - ms });
    }
  }
}

export const newSocket = newId;
