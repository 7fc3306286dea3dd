export type CardLayout = "gatefold" | "strip" | "tile";

/** A bill repeats: one act on the whole width, a list of names, two side by side. */
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
 * How a post is shown.
 *
 * @param feedIndex where it stands in the whole feed
 * @param index where it stands in its list of `count`; half of a pair whose other half is in another list
 * becomes a plain name, because lists do not share a row
 */
export function cardLayoutAt(feedIndex: number, index: number, count: number): CardLayout {
  const patternIndex = feedIndex % LAYOUT_PATTERN.length;
  const layout = LAYOUT_PATTERN[patternIndex] ?? "strip";
  if (layout !== "tile") return layout;
  const isFirst = patternIndex === FIRST_TILE_INDEX;
  return (isFirst && index === count - 1) || (!isFirst && index === 0) ? "strip" : "tile";
}
