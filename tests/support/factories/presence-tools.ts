import { newId } from "@/lib/core/ids";
import { createPresenceService } from "@/lib/presence/presence-service";
import { keys, redis } from "@/lib/redis";
import type { Presence } from "@/lib/schemas/presence";

/** The presence service of one app instance, and the states that it published. */
export function presenceInstance(
  options: Omit<Parameters<typeof createPresenceService>[0] & object, "publish"> = {},
  published: Presence[] = [],
) {
  const service = createPresenceService({ ...options, publish: (presence) => published.push(presence) });
  return { ...service, published };
}

export type PresenceInstance = ReturnType<typeof presenceInstance>;

/** Moves these users' presence data in Redis back by `ms`, as if that much time had passed. */
export async function agePresence(userIds: readonly string[], ms: number): Promise<void> {
  for (const userId of userIds) {
    const key = keys.userPresence(userId);
    if ((await redis().zscore(keys.usersOnline, userId)) !== null) {
      await redis().zincrby(keys.usersOnline, -ms, userId);
    }
    for (const socket of await redis().zrange<string[]>(keys.userSockets(userId), 0, -1)) {
      await redis().zincrby(keys.userSockets(userId), -ms, socket);
    }
    for (const field of ["seen", "hidesAt"]) {
      const value = Number((await redis().hget(key, field)) ?? 0);
      if (value > 0) await redis().hset(key, { [field]: value - ms });
    }
  }
}

export const newSocket = newId;
