import { acquireLock, extendLock, redis, redisService, releaseLock } from "@/lib/redis";

/**
 * One of several processes that want one lock.
 *
 * `turns <id> <count>`  takes it this many times; what it does inside shows whether it is alone: `inside` counts
 *                       who is there, `most` remembers the highest, `fences` lists the fencing numbers in order
 * `careless <id> <count>`  the same, whatever happens to the lock meanwhile
 * `hold <id> <ttlMs>`   takes it, says `held`, and extends it until it is killed, or says `lost`
 */
const [mode, id = "", number = "0"] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));

async function takeTurn(): Promise<void> {
  const attempt = await acquireLock("test", id, { waitMs: 120_000 });
  if (!attempt.acquired) throw new Error("waited too long");
  const inside = await redisService().incr(`${id}:inside`);
  if (inside !== 1) await redis().incr(`${id}:overlaps`);
  await redisService().rpush(`${id}:fences`, attempt.lock.fence);
  await redisService().decr(`${id}:inside`);
  const released = await releaseLock(attempt.lock);
  if (!released && mode === "turns") throw new Error("it was lost while it was held");
}

if (mode !== "hold") {
  process.send?.("ready");
  for (let done = 0; done < Number(number); done += 1) await takeTurn();
  process.exit(0);
}
const attempt = await acquireLock("test", id, { ttlMs: Number(number) });
if (!attempt.acquired) throw new Error("somebody else has it");
process.send?.("held");
const { lock } = attempt;
const extension = setInterval(async () => {
  if (await extendLock(lock)) return;
  clearInterval(extension);
  process.send?.("lost");
}, lock.ttlMs / 3);
