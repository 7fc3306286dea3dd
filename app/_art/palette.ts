import { hueOf } from "./hue";
import { oklch } from "./oklch";
import { pickRandom, type Random, randomBetween } from "./random";

/** The four colours of a cover, from the ground up, and an interpolation between ground and light. */
export interface Palette {
  ground: string;
  deep: string;
  body: string;
  light: string;
  /** A colour `amount` of the way from the ground (0) to the light (1). */
  interpolate: (amount: number) => string;
}

interface Ink {
  l: number;
  c: number;
  h: number;
}

export type Scheme = "night" | "dusk" | "day";

/** Weighted by repetition: most covers have bright marks on a dark ground, some dark marks on a bright one. */
export const ALL_SCHEMES: Schemes = ["night", "night", "dusk", "dusk", "day"];

export type Schemes = readonly [Scheme, ...Scheme[]];

export function createPalette(id: string, random: Random, schemes: Schemes): Palette {
  const hue = hueOf(id);
  const accentHue = hue + pickRandom(random, [28, -34, 55, 140, 172, -125]);
  const picked = pickRandom(random, schemes);
  // A yellow of medium lightness looks brown.
  const scheme = picked === "dusk" && hue > 48 && hue < 128 ? "night" : picked;
  if (scheme === "day") {
    return createInks(
      { l: randomBetween(random, 0.8, 0.87), c: 0.17, h: hue },
      { l: 0.7, c: 0.19, h: hue + 12 },
      { l: 0.55, c: 0.22, h: accentHue },
      { l: 0.22, c: 0.08, h: accentHue },
    );
  }
  if (scheme === "dusk") {
    return createInks(
      { l: 0.42, c: 0.19, h: hue },
      { l: 0.3, c: 0.13, h: hue - 20 },
      { l: 0.66, c: 0.22, h: accentHue },
      { l: 0.93, c: 0.08, h: accentHue },
    );
  }
  return createInks(
    { l: 0.2, c: 0.07, h: hue },
    { l: 0.28, c: 0.11, h: hue + 10 },
    { l: 0.6, c: 0.23, h: hue },
    { l: 0.88, c: 0.15, h: accentHue },
  );
}

function createInks(ground: Ink, deep: Ink, body: Ink, light: Ink): Palette {
  const colour = (ink: Ink) => oklch(ink.l, ink.c, ink.h);
  return {
    ground: colour(ground),
    deep: colour(deep),
    body: colour(body),
    light: colour(light),
    interpolate: (amount) =>
      amount < 0.5
        ? colour(mixInks(ground, body, amount * 2))
        : colour(mixInks(body, light, (amount - 0.5) * 2)),
  };
}

/** Hue takes the short way round the wheel, so that a mix never passes through unrelated colours. */
function mixInks(from: Ink, to: Ink, amount: number): Ink {
  const hueDelta = ((((to.h - from.h) % 360) + 540) % 360) - 180;
  return {
    l: from.l + (to.l - from.l) * amount,
    c: from.c + (to.c - from.c) * amount,
    h: from.h + hueDelta * amount,
  };
}
