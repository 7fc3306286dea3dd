import { acquireLock, keys, type Lock, redisService } from "@/lib/redis";

/** Acquires a lock of the resource `test`, which must be free. */
export async function acquireTestLock(id: string, options = {}): Promise<Lock> {
  const attempt = await acquireLock("test", id, options);
  if (!attempt.acquired) throw new Error("the lock is taken");
  return attempt.lock;
}

/** Simulates the end of the lock's TTL. */
export async function expireTestLock(id: string): Promise<void> {
  await redisService().del(keys.lock("test", id));
}
