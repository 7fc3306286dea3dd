/**
 * The id that a draft's cover is drawn from. The real cover is drawn from the post's id, which does not exist yet; this
 * one changes while the author types, which shows that every post gets its own.
 */
export function draftArtId(viewerId: string, title: string): string {
  return `${viewerId}:${title.trim().toLowerCase()}`;
}
