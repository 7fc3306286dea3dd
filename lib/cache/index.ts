import { processState } from "../core/process-state";
import { CacheManager, newProcessCache } from "./manager";
import { namespaces } from "./namespaces";

/** This process's cache. A page and the route that changes what it shows have one memory. */
export const cacheManager = new CacheManager(namespaces, processState("cache", newProcessCache));

export type {
  CachedBot,
  CachedPerson,
  CachedSession,
  CachedVariables,
  CachedWorkflow,
} from "./bot-namespaces";
export { clearCache } from "./clear";
export { CacheManager } from "./manager";
export {
  accountTag,
  blocksTag,
  botPersonTag,
  botProjectTag,
  type CachedPost,
  FEED_TAG,
  isNamespaceName,
  type NamespaceName,
  namespaces,
  personTag,
  postTag,
  productTag,
  SHOP_TAG,
} from "./namespaces";
export {
  type CachedValue,
  CacheError,
  type CacheErrorCode,
  defineNamespaces,
  type NamespaceSpec,
} from "./validation";
