import { CacheManager } from "./manager";
import { namespaces } from "./namespaces";

/** This process's cache. */
export const cacheManager = new CacheManager(namespaces);

export { type CachedValue, defineNamespaces, type NamespaceSpec } from "./define-namespaces";
export { CacheError, type CacheErrorCode } from "./errors";
export { CacheManager, type RecordTags } from "./manager";
export type { CachedPost } from "./namespaces";
