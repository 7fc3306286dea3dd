export type CardLook = "gatefold" | "strip" | "tile";

/** A bill repeats: one act on the whole width, a list of names, two side by side. */
const BILL: readonly CardLook[] = ["gatefold", "strip", "strip", "strip", "strip", "tile", "tile"];
const FIRST_TILE = BILL.indexOf("tile");

/**
 * How a post is shown.
 *
 * @param place where it stands in the whole feed
 * @param index where it stands in its list of `count`; half of a pair whose other half is in another list
 * becomes a plain name, because lists do not share a row
 */
export function cardLookAt(place: number, index: number, count: number): CardLook {
  const turn = place % BILL.length;
  const look = BILL[turn] ?? "strip";
  if (look !== "tile") return look;
  const isFirst = turn === FIRST_TILE;
  return (isFirst && index === count - 1) || (!isFirst && index === 0) ? "strip" : "tile";
}
