/** What was loaded behind a cursor. */
export interface LoadedPages<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Enough to come back to; the oldest list is forgotten first. */
const MAX_CACHED_LISTS = 5;

/**
 * Pages that were loaded after the server's, by the cursor they start at, and the filter where there is one. Going
 * back to a list finds them here, so it is as long as it was and the scroll position means the same place.
 */
export function createPageCache<Item>() {
  const pagesByKey = new Map<string, LoadedPages<Item>>();
  return {
    readPages(cursor: string, filter = ""): LoadedPages<Item> {
      return pagesByKey.get(`${filter}:${cursor}`) ?? { items: [], nextCursor: cursor };
    },
    savePages(cursor: string, pages: LoadedPages<Item>, filter = ""): void {
      const key = `${filter}:${cursor}`;
      pagesByKey.delete(key);
      pagesByKey.set(key, pages);
      const oldest = pagesByKey.keys().next();
      if (pagesByKey.size > MAX_CACHED_LISTS && !oldest.done) pagesByKey.delete(oldest.value);
    },
  };
}
