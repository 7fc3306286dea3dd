export type CardLayout = "gatefold" | "strip" | "tile";

/** The repeating pattern: one card on the full width, four rows, two tiles side by side. */
const LAYOUT_PATTERN: readonly CardLayout[] = [
  "gatefold",
  "strip",
  "strip",
  "strip",
  "strip",
  "tile",
  "tile",
];
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
