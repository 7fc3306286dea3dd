import type { PostItem } from "./posts";

/** What was loaded behind a cursor. */
export interface LoadedPages {
  items: PostItem[];
  nextCursor: string | null;
}

/**
 * Pages that were loaded after the server's, by the cursor they start at. Going back from a post finds
 * them here, so the feed is as long as it was and the scroll position means the same place.
 */
const loaded = new Map<string, LoadedPages>();

/** Enough to come back to; the oldest feed is forgotten first. */
const KEPT_FEEDS = 5;

export function loadedAfter(cursor: string): LoadedPages {
  return loaded.get(cursor) ?? { items: [], nextCursor: cursor };
}

export function keepLoaded(cursor: string, pages: LoadedPages): void {
  loaded.delete(cursor);
  loaded.set(cursor, pages);
  const oldest = loaded.keys().next();
  if (loaded.size > KEPT_FEEDS && !oldest.done) loaded.delete(oldest.value);
}
