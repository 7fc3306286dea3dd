/** Pages loaded after a cursor. */
export interface LoadedPages<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface PageCache<Item> {
  readPages(cursor: string, filter?: string): LoadedPages<Item>;
  savePages(cursor: string, pages: LoadedPages<Item>, filter?: string): void;
}

/** Enough for back navigation; the least recently saved list is evicted first. */
const MAX_CACHED_LISTS = 5;

/**
 * Pages loaded after the server-rendered one, keyed by filter and by the cursor they start at. After back navigation
 * the list has its former length, so the restored scroll position is valid.
 */
export function createPageCache<Item>(): PageCache<Item> {
  const pagesByKey = new Map<string, LoadedPages<Item>>();
  return {
    readPages(cursor, filter = "") {
      return pagesByKey.get(`${filter}:${cursor}`) ?? { items: [], nextCursor: cursor };
    },
    savePages(cursor, pages, filter = "") {
      const key = `${filter}:${cursor}`;
      pagesByKey.delete(key);
      pagesByKey.set(key, pages);
      const oldest = pagesByKey.keys().next();
      if (pagesByKey.size > MAX_CACHED_LISTS && !oldest.done) pagesByKey.delete(oldest.value);
    },
  };
}
