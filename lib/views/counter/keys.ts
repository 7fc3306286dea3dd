import { keys } from "../../redis";

/** The keys of one counter; lib/redis/keys.ts says what each has. */
export interface RedisKeys {
  readonly meta: (postId: string) => string;
  readonly count: (postId: string) => string;
  readonly viewers: (postId: string) => string;
  readonly pending: (postId: string) => string;
  readonly sealedViewers: (postId: string, sealId: string) => string;
  readonly dirtyPosts: string;
  readonly sealed: string;
  readonly sealedCounts: string;
  readonly batches: string;
  readonly batch: (batchId: string) => string;
  readonly claims: string;
}

// Keys are built when they are used, because their prefix is read then.

export const viewKeys: RedisKeys = {
  meta: (postId) => keys.postMeta(postId),
  count: (postId) => keys.postCount(postId),
  viewers: (postId) => keys.postViews(postId),
  pending: (postId) => keys.postPendingViews(postId),
  sealedViewers: (postId, sealId) => keys.sealedViewers(postId, sealId),
  get dirtyPosts() {
    return keys.dirtyPosts;
  },
  get sealed() {
    return keys.sealedViews;
  },
  get sealedCounts() {
    return keys.sealedCounts;
  },
  get batches() {
    return keys.viewBatches;
  },
  batch: (batchId) => keys.viewBatch(batchId),
  get claims() {
    return keys.viewClaims;
  },
};

export const playKeys: RedisKeys = {
  meta: (postId) => keys.postPlayMeta(postId),
  count: (postId) => keys.postPlayCount(postId),
  viewers: (postId) => keys.postPlays(postId),
  pending: (postId) => keys.postPendingPlays(postId),
  sealedViewers: (postId, sealId) => keys.sealedPlaySet(postId, sealId),
  get dirtyPosts() {
    return keys.dirtyPlays;
  },
  get sealed() {
    return keys.sealedPlays;
  },
  get sealedCounts() {
    return keys.sealedPlayCounts;
  },
  get batches() {
    return keys.playBatches;
  },
  batch: (batchId) => keys.playBatch(batchId),
  get claims() {
    return keys.playClaims;
  },
};
