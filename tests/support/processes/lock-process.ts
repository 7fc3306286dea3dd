import { acquireLock, extendLock, redis, redisService, releaseLock } from "@/lib/redis";

/**
 * One of several processes that compete for one lock.
 *
 * `turns <id> <count>`  takes it this many times and checks mutual exclusion: `inside` counts the holders, `overlaps`
 * counts turns with more than one, `fences` lists the fencing numbers in order
 * `careless <id> <count>`  the same, but losing the lock is not an error
 * `hold <id> <ttlMs>`   takes it, sends `held`, and extends it until the process is killed, or sends `lost`
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
  for (let done = 0; done < Number(number); done += 1) await takeTurn();
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
