import type { ReactNode } from "react";
import type { Palette } from "./palette";
import type { Random } from "./random";

/** The side of a cover in SVG units; every family draws from 0 to COVER_SIZE on both axes. */
export const COVER_SIZE = 400;

export interface Brush {
  random: Random;
  palette: Palette;
  /** Prefix for gradient and clip ids, so that two drawings of one post on a page do not share them. */
  uid: string;
}

/** One way of drawing a cover. The ground is already painted. */
export type Family = (brush: Brush) => ReactNode;
