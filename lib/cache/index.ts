import { CacheManager } from "./manager";
import { namespaces } from "./namespaces";

/** This process's cache. */
export const cacheManager = new CacheManager(namespaces);

export { CacheManager } from "./manager";
export { type CachedPost, FEED_TAG, personTag, postTag, productTag, SHOP_TAG } from "./namespaces";
export {
  type CachedValue,
  CacheError,
  type CacheErrorCode,
  defineNamespaces,
  type NamespaceSpec,
} from "./validation";
