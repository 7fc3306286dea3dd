import { z } from "zod";
import { CacheManager, defineNamespaces } from "@/lib/cache";
import { newId } from "@/lib/core/ids";

/** Cache namespaces that only tests use. */
export const testNamespaces = defineNamespaces({
  things: {
    schema: z.object({ n: z.number(), text: z.string().optional() }),
    ttlSeconds: 60,
    swrSeconds: 30,
    cacheNull: true,
  },
  numbers: { schema: z.number(), ttlSeconds: 10, swrSeconds: 0, cacheNull: false },
  anything: { schema: z.json(), ttlSeconds: 60, swrSeconds: 0, cacheNull: true },
});

/** A cache manager with its own memory, loads in flight and trust lease, as another process has. */
export function createCacheManager(): CacheManager<typeof testNamespaces> {
  return new CacheManager(testNamespaces);
}

/** A key that no other test uses. */
export const newKey = newId;
