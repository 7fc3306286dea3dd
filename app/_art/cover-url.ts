/** Increment when a drawing changes: browsers and the CDN keep each version's covers for a year. */
export const COVER_VERSION = 1;

/** What the matcher in middleware.ts lets through: ids, and the names that seed the pictures of some pages. */
export const COVER_SEED = /^[\w-]{1,64}$/;

/** The file of the generated cover of an id (app/covers). */
export function coverUrl(id: string): string {
  return `/covers/${String(COVER_VERSION)}/${encodeURIComponent(id)}`;
}
