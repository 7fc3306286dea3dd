export type CardLook = "gatefold" | "strip" | "tile";

/** A bill repeats: one act on the whole width, a list of names, two side by side. */
const BILL: readonly CardLook[] = ["gatefold", "strip", "strip", "strip", "strip", "tile", "tile"];

/** How the post at this place of the feed is shown. */
export function cardLookAt(place: number): CardLook {
  return BILL[place % BILL.length] ?? "strip";
}
