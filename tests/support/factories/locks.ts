import { acquireLock, keys, type Lock, redisService } from "@/lib/redis";

/** A lock on something of the resource `test`, which must be free. */
export async function acquireTestLock(id: string, options = {}): Promise<Lock> {
  const attempt = await acquireLock("test", id, options);
  if (!attempt.acquired) throw new Error("somebody else has it");
  return attempt.lock;
}

/** What happens when the TTL is over, now. */
export async function expireTestLock(id: string): Promise<void> {
  await redisService().del(keys.lock("test", id));
}
