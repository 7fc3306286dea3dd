/** What the search page and the command menu share with the search's schemas; without zod. */

export const foundKinds = ["posts", "people", "tags", "products"] as const;

export type FoundKind = (typeof foundKinds)[number];

/** A title fits; more words than a few only narrow the results to nothing. */
export const MAX_SEARCH_LENGTH = 100;

/** Counting the posts of a tag stops here: 100 is shown as "99+". */
export const MAX_TAG_COUNT = 100;
