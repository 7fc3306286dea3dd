import { CacheManager } from "./manager";
import { namespaces } from "./namespaces";

/** This process's cache. */
export const cacheManager = new CacheManager(namespaces);

export type {
  CachedBot,
  CachedPerson,
  CachedSession,
  CachedVariables,
  CachedWorkflow,
} from "./bot-namespaces";
export { CacheManager } from "./manager";
export type { CachedPost } from "./namespaces";
export {
  accountTag,
  botPersonTag,
  botProjectTag,
  FEED_TAG,
  postTag,
  productTag,
  SHOP_TAG,
} from "./tags";
export {
  type CachedValue,
  CacheError,
  type CacheErrorCode,
  defineNamespaces,
  type NamespaceSpec,
} from "./validation";
