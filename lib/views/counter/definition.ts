import { z } from "zod";

/** A user's number, or an hour, as Redis keeps it: a text. */
export const seqSchema = z.coerce.number().pipe(z.int32());

/** The keys of one counter; lib/redis/keys.ts says what each has. */
export interface CounterKeys {
  readonly meta: (postId: string) => string;
  readonly viewers: (postId: string) => string;
  readonly pending: (postId: string) => string;
  readonly sealedViewers: (postId: string, sealId: string) => string;
  readonly dirtyPosts: () => string;
  readonly sealed: () => string;
  readonly sealedCounts: () => string;
  readonly batches: () => string;
  readonly batch: (batchId: string) => string;
  readonly claims: () => string;
}

/** A count of a post in Postgres at some moment; `version` orders two such rows. */
export interface CountedRow {
  id: string;
  authorSeq: number;
  version: number;
  /** The last batch that is included in the count. */
  batch: string | null;
}

/** A post with the number of a user who viewed it. */
export interface CountedPair {
  postId: string;
}

/** What a statement did to one post. */
export type PersistedRow<Viewer, Row> = Row & {
  /** Viewers whose view is new. */
  inserted: Viewer[];
};

export interface PersistedRows<Viewer, Row> {
  /** Every post of the input that still exists and whose author is not being erased. */
  posts: PersistedRow<Viewer, Row>[];
  /** Pairs whose post or viewer no longer exists. */
  dropped: number;
}

/**
 * What is counted for each post, once for each viewer. Views and plays are two definitions of one counter: a play is a
 * view by the viewer `seq:hour`, so that a listener counts again in another hour.
 *
 * `Viewer` is a member of the counter's sets in Redis: `User.seq`, or a text that begins with it and a colon. `Row` is
 * a post's count in Postgres, `Pair` what is written there.
 */
export interface CounterDefinition<
  Viewer extends number | string,
  Row extends CountedRow,
  Pair extends CountedPair,
> {
  keys: CounterKeys;
  countOf(row: Row): number;
  seqOf(viewer: Viewer): number;
  /** @param viewer  perhaps as Redis has it. @returns null for what is no pair */
  toPair(postId: string, viewer: Viewer | string): Pair | null;
  /**
   * Writes pairs in one statement. Safe to repeat and to run concurrently.
   * @param batchId  the sync's batch; null for a write past Redis
   */
  persist(pairs: readonly Pair[], batchId: string | null): Promise<PersistedRows<Viewer, Row>>;
  /** Unknown posts, and those of erased authors, are left out. */
  loadRows(postIds: readonly string[]): Promise<Map<string, Row>>;
}
