import { env } from "../core/env";

type KeyBuilder = string | ((...parts: string[]) => string);
type PrefixedKeys<K> = { readonly [Name in keyof K]: K[Name] extends string ? string : K[Name] };

/**
 * Prepends REDIS_KEY_PREFIX to every key, so that two deployments can share one Redis. The environment is read
 * when a key is built, not when the module is loaded.
 */
export function withKeyPrefix<K extends Record<string, KeyBuilder>>(builders: K): PrefixedKeys<K> {
  const result: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(builders)) {
    if (typeof key === "function") {
      result[name] = (...parts: string[]) => env().REDIS_KEY_PREFIX + key(...parts);
    } else {
      Object.defineProperty(result, name, { enumerable: true, get: () => env().REDIS_KEY_PREFIX + key });
    }
  }
  return result as PrefixedKeys<K>;
}
