import { oklch } from "./oklch";
import { between, hash, pick, type Random } from "./random";

/** The four inks of one cover, from the ground up, and a mixer between ground and light. */
export interface Palette {
  ground: string;
  deep: string;
  body: string;
  light: string;
  /** A colour `amount` of the way from the ground (0) to the light (1). */
  between: (amount: number) => string;
}

/** The hue in degrees that a post's cover and its page share. */
export function hueOf(id: string): number {
  return hash(`hue:${id}`) % 360;
}

interface Ink {
  l: number;
  c: number;
  h: number;
}

export type Scheme = "night" | "dusk" | "day";

/** Like record sleeves: most are bright marks on a dark ground, some dark marks on a bright one. */
export const ANY_SCHEME: Schemes = ["night", "night", "dusk", "dusk", "day"];

export type Schemes = readonly [Scheme, ...Scheme[]];

export function paletteOf(id: string, random: Random, schemes: Schemes): Palette {
  const hue = hueOf(id);
  const other = hue + pick(random, [28, -34, 55, 140, 172, -125]);
  const picked = pick(random, schemes);
  // A yellow of middle lightness is brown, which no sleeve would choose.
  const scheme = picked === "dusk" && hue > 48 && hue < 128 ? "night" : picked;
  if (scheme === "day") {
    return inks(
      { l: between(random, 0.8, 0.87), c: 0.17, h: hue },
      { l: 0.7, c: 0.19, h: hue + 12 },
      { l: 0.55, c: 0.22, h: other },
      { l: 0.22, c: 0.08, h: other },
    );
  }
  if (scheme === "dusk") {
    return inks(
      { l: 0.42, c: 0.19, h: hue },
      { l: 0.3, c: 0.13, h: hue - 20 },
      { l: 0.66, c: 0.22, h: other },
      { l: 0.93, c: 0.08, h: other },
    );
  }
  return inks(
    { l: 0.2, c: 0.07, h: hue },
    { l: 0.28, c: 0.11, h: hue + 10 },
    { l: 0.6, c: 0.23, h: hue },
    { l: 0.88, c: 0.15, h: other },
  );
}

function inks(ground: Ink, deep: Ink, body: Ink, light: Ink): Palette {
  const colour = (ink: Ink) => oklch(ink.l, ink.c, ink.h);
  return {
    ground: colour(ground),
    deep: colour(deep),
    body: colour(body),
    light: colour(light),
    between: (amount) =>
      amount < 0.5 ? colour(mix(ground, body, amount * 2)) : colour(mix(body, light, (amount - 0.5) * 2)),
  };
}

/** Hue goes the short way round the wheel, so a mix never passes through unrelated colours. */
function mix(from: Ink, to: Ink, amount: number): Ink {
  const turn = ((((to.h - from.h) % 360) + 540) % 360) - 180;
  return {
    l: from.l + (to.l - from.l) * amount,
    c: from.c + (to.c - from.c) * amount,
    h: from.h + turn * amount,
  };
}
