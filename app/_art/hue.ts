import { hash } from "./random";

/** The hue in degrees that a post's cover and its page share. */
export function hueOf(id: string): number {
  return hash(`hue:${id}`) % 360;
}
