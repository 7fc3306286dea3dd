import { setTimeout as delay } from "node:timers/promises";
import { waitForDeferredWork } from "@/lib/core/defer";
import { keys, redis } from "@/lib/redis";
import { createCacheManager } from "@/tests/support/factories/cache-tools";

/**
 * A process that asks for one cold key many times at once when it is told to, counting its loader's calls in
 * Redis. Orders are keys; it answers with the distinct values it got.
 * Arguments: concurrent calls, how long the loader takes (ms).
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
