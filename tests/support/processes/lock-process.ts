import { acquireLock, extendLock, redis, redisService, releaseLock } from "@/lib/redis";

/**
 * One of several processes that compete for one lock.
 *
 * `turns <id> <count>`     acquires it this many times and records in Redis whether two processes had it: `inside`
 *                          counts its holders, `overlaps` the turns with more than one; `fences` lists the fencing
 *                          numbers in order. A lost lock is an error.
 * `tolerant <id> <count>`  does the same, but a lost lock is no error.
 * `hold <id> <ttlMs>`      acquires it, sends `held`, and extends it until the process is killed or the lock is lost,
 *                          which it reports with `lost`.
 */
const [mode, id = "", number = "0"] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));

async function takeTurn(): Promise<void> {
  const attempt = await acquireLock("test", id, { waitMs: 120_000 });
  if (!attempt.acquired) throw new Error("the lock was not acquired in time");
  const inside = await redisService().incr(`${id}:inside`);
  if (inside !== 1) await redis().incr(`${id}:overlaps`);
  await redisService().rpush(`${id}:fences`, attempt.lock.fence);
  await redisService().decr(`${id}:inside`);
  const released = await releaseLock(attempt.lock);
  if (!released && mode === "turns") throw new Error("the lock was lost while it was held");
}

if (mode !== "hold") {
  process.send?.("ready");
  for (let turn = 0; turn < Number(number); turn += 1) await takeTurn();
  process.exit(0);
}
const attempt = await acquireLock("test", id, { ttlMs: Number(number) });
if (!attempt.acquired) throw new Error("the lock is taken");
process.send?.("held");
const { lock } = attempt;
const extension = setInterval(async () => {
  if (await extendLock(lock)) return;
  clearInterval(extension);
  process.send?.("lost");
}, lock.ttlMs / 3);
