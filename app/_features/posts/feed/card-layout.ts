export type CardLayout = "gatefold" | "strip" | "tile";

/** The repeating pattern: one card on the full width, three rows, two tiles side by side. */
const LAYOUT_PATTERN: readonly CardLayout[] = ["gatefold", "strip", "strip", "strip", "tile", "tile"];
/**
 * Posts in a document: the whole pattern, about two screens of a phone. What follows begins with a card on the full
 * width, and the browser loads it before it is reached. Each post costs a kilobyte of the document.
 */
export const DOCUMENT_POSTS = LAYOUT_PATTERN.length;
const FIRST_TILE_INDEX = LAYOUT_PATTERN.indexOf("tile");

/**
 * The layout of a post's card.
 *
 * @param feedIndex position in the whole feed
 * @param index position in its list of `count` posts; a tile whose partner is in another list becomes a strip, because
 * lists do not share a row
 */
export function cardLayoutAt(feedIndex: number, index: number, count: number): CardLayout {
  const patternIndex = feedIndex % LAYOUT_PATTERN.length;
  const layout = LAYOUT_PATTERN[patternIndex] ?? "strip";
  if (layout !== "tile") return layout;
  const isFirst = patternIndex === FIRST_TILE_INDEX;
  return (isFirst && index === count - 1) || (!isFirst && index === 0) ? "strip" : "tile";
}
