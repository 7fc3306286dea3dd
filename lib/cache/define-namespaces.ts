import type { z } from "zod";
import { CacheError } from "./errors";
import { checkTtl } from "./limits";

/** Declaration of one cache namespace. */
export interface NamespaceSpec<S extends z.ZodType = z.ZodType> {
  /**
   * Schema of the value. It parses loaded and cached values alike, so it must accept its own output:
   * times as ISO strings, not dates.
   */
  schema: S;
  ttlSeconds: number;
  /** How long after its TTL a value may still be served while a new one is loaded (stale-while-revalidate). */
  swrSeconds: number;
  /** Whether `null` ("does not exist") is cached. `undefined` never is. */
  cacheNull: boolean;
}

export type NamespaceSpecs = Readonly<Record<string, NamespaceSpec>>;

/** Type of the values of a namespace. */
export type CachedValue<T extends NamespaceSpecs, N extends keyof T> =
  | z.output<T[N]["schema"]>
  | (T[N]["cacheNull"] extends true ? null : never);

/** These would collide with the cache's own keys `cache:lease:…`, `cache:tag:…` and `cache:told`. */
const RESERVED_NAMES = new Set(["lease", "tag", "told"]);
const NAMESPACE_NAME = /^[a-z][a-zA-Z0-9-]{0,39}$/;

/**
 * Declares namespaces.
 * @throws {CacheError} bad_namespace for a name that could collide with another key, bad_ttl
 */
export function defineNamespaces<const T extends NamespaceSpecs>(specs: T): T {
  for (const [name, { ttlSeconds, swrSeconds }] of Object.entries(specs)) {
    if (!NAMESPACE_NAME.test(name) || RESERVED_NAMES.has(name)) {
      throw new CacheError(
        "bad_namespace",
        `"${name}" cannot name a cache namespace: use letters, digits and dashes, and not ${[...RESERVED_NAMES].join(", ")}`,
      );
    }
    checkTtl(ttlSeconds, swrSeconds);
  }
  return specs;
}
