import { setTimeout as delay } from "node:timers/promises";
import { waitForDeferredWork } from "@/lib/core/defer";
import { keys, redis } from "@/lib/redis";
import { createCacheManager } from "@/tests/support/factories/cache-tools";

/**
 * A process that reads one cold key many times concurrently, and counts its loader's calls in Redis. It receives keys
 * as messages and replies with the distinct values it got. Arguments: concurrent calls, loader time (ms).
 */
const [calls = 1, loadMs = 0] = process.argv.slice(2).map(Number);

process.on("message", (key: string) => {
  void (async () => {
    const manager = createCacheManager();
    const load = async () => {
      const n = await redis().incr(keys.probe(`loads:${key}`));
      await delay(loadMs);
      return n;
    };
    const values = await Promise.all(
      Array.from({ length: calls }, () => manager.getOrSet("numbers", key, load)),
    );
    await waitForDeferredWork();
    process.send?.([...new Set(values)]);
  })();
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
