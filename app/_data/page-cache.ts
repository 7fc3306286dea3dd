/** What was loaded behind a cursor. */
export interface LoadedPages<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Enough to come back to; the oldest list is forgotten first. */
const KEPT_LISTS = 5;

/**
 * Pages that were loaded after the server's, by the cursor they start at, and the filter where there is one. Going
 * back to a list finds them here, so it is as long as it was and the scroll position means the same place.
 */
export function keptPages<Item>() {
  const loaded = new Map<string, LoadedPages<Item>>();
  return {
    loadedAfter(cursor: string, filter = ""): LoadedPages<Item> {
      return loaded.get(`${filter}:${cursor}`) ?? { items: [], nextCursor: cursor };
    },
    keepLoaded(cursor: string, pages: LoadedPages<Item>, filter = ""): void {
      const key = `${filter}:${cursor}`;
      loaded.delete(key);
      loaded.set(key, pages);
      const oldest = loaded.keys().next();
      if (loaded.size > KEPT_LISTS && !oldest.done) loaded.delete(oldest.value);
    },
  };
}
