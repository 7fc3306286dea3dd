import { keys, redisService } from "../redis";
import { scanKeys } from "../redis/scan-keys";
import { type NamespaceName, namespaces } from "./namespaces";
import type { NamespaceSpec } from "./validation";

/**
 * Deletes the entries of a namespace, or of all, with their load leases, which running loads would otherwise store
 * under. Tags stay: they expire with their entries, and without them an entry that is stored meanwhile could not be
 * invalidated. Reads all keys of Redis; other instances serve what is in their memory for one second at most. Safe to
 * repeat.
 *
 * @returns how many entries were deleted
 * @throws {RedisUnavailableError}
 */
export async function clearCache(namespace?: NamespaceName): Promise<number> {
  const names = namespace ? [namespace] : (Object.keys(namespaces) as NamespaceName[]);
  let deleted = 0;
  for (const name of names) {
    for await (const found of scanKeys(keys.cacheLease(`${name}:*`))) await redisService().del(...found);
    for await (const found of scanKeys(entryPattern(name)))
      if (found.length > 0) deleted += await redisService().del(...found);
  }
  return deleted;
}

/** Namespaces of bots have keys of their own, of one part or two. */
function entryPattern(name: NamespaceName): string {
  const { entryKey }: NamespaceSpec = namespaces[name];
  return entryKey ? entryKey("*:*").replace("*:*", "*") : keys.cacheEntry(`${name}:*`);
}
